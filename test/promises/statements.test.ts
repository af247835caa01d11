import { env } from "cloudflare:workers";
import { expect, test } from "vitest";

declare global {
  interface ImportMeta {
    glob(patterns: string[], options: { query: string; import: string; eager: true }): Record<string, string>;
  }
}
const sources = import.meta.glob(
  ["../../workers/**/*.ts", "../../workers/**/*.tsx", "!**/*.test.*", "!**/testing/**"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

interface Words {
  texts: Map<string, string>;
  /** A line of SQL that is given a name and filled in: `const at = (column: string) => \`…${column}…\``. */
  forms: Map<string, { params: string[]; text: string }>;
}

/** What a module calls pieces of SQL by, or what all of them hand to each other. */
function wordsOf(sources: readonly string[], beginsWith = ""): Words {
  const words: Words = { texts: new Map(), forms: new Map() };
  const begin = `${beginsWith}\\bconst (\\w+) =`;
  for (const source of sources) {
    for (const [, name = "", text, plain] of source.matchAll(
      new RegExp(`${begin}\\s*(?:\`([^\`]*)\`|"([^"]*)");`, "g"),
    ))
      words.texts.set(name, text ?? plain ?? "");
    for (const [, name = "", digits = ""] of source.matchAll(new RegExp(`${begin} ([\\d_]+);`, "g")))
      words.texts.set(name, digits.replaceAll("_", ""));
    for (const [, name = "", params = "", text = ""] of source.matchAll(
      new RegExp(`${begin} \\(([^)]*)\\)(?:: string)? =>\\s*\`([^\`]*)\`;`, "g"),
    ))
      words.forms.set(name, { params: params.split(",").map((one) => one.split(":")[0]?.trim() ?? ""), text });
  }
  return words;
}
const everywhere = wordsOf(Object.values(sources), "export ");

/** A statement with its pieces put in; where a piece is one of two, it is two statements. */
function filled(sql: string, own: Words): string[] {
  const piece = /\$\{([^{}]*)\}/.exec(sql);
  if (piece === null) return [sql];
  const [whole, inner = ""] = piece;
  const call = /^(\w+)\(("[^"]*"(?:,\s*"[^"]*")*)\)$/.exec(inner);
  const form = call === null ? undefined : (own.forms.get(call[1] ?? "") ?? everywhere.forms.get(call[1] ?? ""));
  const either = /^\w+ \? "([^"]*)" : "([^"]*)"$/.exec(inner);
  const isQuoted = sql[piece.index - 1] === "'" && sql[piece.index + whole.length] === "'";
  const text = own.texts.get(inner) ?? everywhere.texts.get(inner);
  let pieces = ["\0"];
  if (isQuoted) pieces = ["x"];
  else if (text !== undefined) pieces = [text];
  // A number that is reckoned from others.
  else if (/^[A-Z][A-Z_]+$/.test(inner)) pieces = ["1"];
  else if (either !== null) pieces = [either[1] ?? "", either[2] ?? ""];
  else if (form !== undefined) {
    const given = [...(call?.[2] ?? "").matchAll(/"([^"]*)"/g)].map(([, one = ""]) => one);
    pieces = [form.params.reduce((made, name, at) => made.replaceAll(`\${${name}}`, given[at] ?? ""), form.text)];
  }
  return pieces.flatMap((one) => filled(sql.slice(0, piece.index) + one + sql.slice(piece.index + whole.length), own));
}

/** The statements that a module writes down: what stands in `prepare(…)`. */
function statementsIn(source: string): { sql: string; isWhole: boolean }[] {
  const own = wordsOf([source]);
  return [...source.matchAll(/\.prepare\(\s*(?:`([^`]*)`|"([^"]*)")/g)].flatMap(([, template, plain]) =>
    filled(template ?? plain ?? "", own).map((sql) => ({ sql, isWhole: !sql.includes("\0") })),
  );
}

/** How many values a statement is given: the highest number, or as many as there are question marks. */
function parametersOf(sql: string): number {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
  return numbered.length > 0 ? Math.max(...numbered) : (sql.match(/\?/g) ?? []).length;
}

// What is plain goes through drizzle, whose types are the schema itself.
test("every statement that is written down fits the tables as the migrations make them", async () => {
  const wrong: string[] = [];
  let whole = 0;
  const pieced: string[] = [];
  for (const [path, source] of Object.entries(sources)) {
    for (const { sql, isWhole } of statementsIn(source)) {
      if (!isWhole) {
        pieced.push(path.replace("../../workers/", ""));
        continue;
      }
      whole++;
      const values = Array<null>(parametersOf(sql)).fill(null);
      const prepared = env.DB.prepare(`EXPLAIN ${sql}`);
      await (values.length === 0 ? prepared : prepared.bind(...values))
        .all()
        .catch((error: unknown) => wrong.push(`${path}: ${String(error)}\n${sql}`));
    }
  }
  expect(wrong).toEqual([]);
  expect(whole).toBeGreaterThan(150);
  // What only a run knows: a table of the inventory, a condition that a caller gives. The tests of their rooms prepare these, for each table.
  expect(pieced.sort()).toEqual([
    "hub/store.ts",
    "mail/broadcasts.ts",
    "operator/overview.ts",
    "privacy/breach-people.ts",
    "privacy/erasure-steps.ts",
    "privacy/erasure-steps.ts",
    "privacy/export-sources.ts",
    "privacy/held.ts",
    "privacy/requests.ts",
    "privacy/session-erasure.ts",
    "privacy/session-erasure.ts",
    "privacy/sweep.ts",
    "privacy/sweep.ts",
    "privacy/sweep.ts",
    "privacy/sweep.ts",
    "privacy/sweep.ts",
    "rooms/room-outbox.ts",
    "wallet/plans.ts",
    "wallet/plans.ts",
  ]);
});
