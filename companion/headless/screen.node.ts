/** What the program says: sentences and bars for a person, one JSON object a line for a program. */
const BAR_CHARS = 24;

export class Screen {
  readonly isJson: boolean;
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  #hasBar = false;

  constructor(isJson: boolean, out: NodeJS.WriteStream = process.stdout, err: NodeJS.WriteStream = process.stderr) {
    this.isJson = isJson;
    this.#out = out;
    this.#err = err;
  }

  /** A sentence for a person; a program is not told. */
  say(text: string): void {
    this.#clear();
    if (!this.isJson) this.#out.write(`${text}\n`);
  }

  /** What was asked for: as it is for a program, and in these lines for a person. */
  answer(value: unknown, lines: readonly string[]): void {
    this.#clear();
    this.#out.write(this.isJson ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(""));
  }

  /** What went wrong. Never on standard output, which may be another program's input. */
  complain(text: string): void {
    this.#clear();
    this.#err.write(`${text}\n`);
  }

  /** How far something is, from 0 to 1, on a terminal; elsewhere a log stays readable. */
  bar(label: string, ratio: number): void {
    if (this.isJson || this.#err.isTTY !== true) return;
    const filled = Math.round(Math.max(0, Math.min(1, ratio)) * BAR_CHARS);
    this.#err.write(`\r\x1b[K  ${"█".repeat(filled)}${"─".repeat(BAR_CHARS - filled)}  ${label}`);
    this.#hasBar = true;
  }

  #clear(): void {
    if (this.#hasBar) this.#err.write("\r\x1b[K");
    this.#hasBar = false;
  }
}

/** Rows as columns, each as wide as its widest. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
