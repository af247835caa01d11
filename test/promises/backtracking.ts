/**
 * A backtracking matcher that counts its steps (fault X26). It tries what JavaScript's engines try, in the same order, and every way before it
 * gives up, so the work that a text costs is a number: a busy machine changes nothing. What an expression is made of is read here as well, and
 * so is text that is meant to cost it much: what each repetition may take, again and again, behind what leads to it, with an end that never fits.
 */
type Node =
  | { is: "char"; fits: (char: string) => boolean; written: string }
  | { is: "all"; of: Node[] }
  | { is: "any"; of: Node[] }
  | { is: "times"; of: Node; min: number; max: number; isLazy: boolean }
  | { is: "group"; of: Node; number: number }
  | { is: "back"; number: number }
  | { is: "look"; of: Node; isAhead: boolean; isNegative: boolean }
  | { is: "edge"; holds: (text: string, at: number) => boolean };

const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char);
const EDGES: Record<string, (text: string, at: number) => boolean> = {
  "^": (_, at) => at === 0,
  $: (text, at) => at === text.length,
  "\\b": (text, at) => isWord(text[at - 1]) !== isWord(text[at]),
  "\\B": (text, at) => isWord(text[at - 1]) === isWord(text[at]),
};
const LINE_EDGES: typeof EDGES = {
  "^": (text, at) => at === 0 || text[at - 1] === "\n",
  $: (text, at) => at === text.length || text[at] === "\n",
};

/** Reads an expression. What it cannot read it throws at, so that nobody takes a new shape for a harmless one. */
class Reader {
  #at = 0;
  #groups = 0;
  readonly #names = new Map<string, number>();
  readonly #source: string;
  readonly #flags: string;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): Node {
    const node = this.#alternatives();
    if (this.#at < this.#source.length) throw new Error(`Not understood: ${this.#source.slice(this.#at)}`);
    return node;
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): Node {
    const of = [this.#sequence()];
    while (this.#takes("|")) of.push(this.#sequence());
    return of.length === 1 && of[0] !== undefined ? of[0] : { is: "any", of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at] ?? ""))
      of.push(this.#repeated(this.#atom()));
    return { is: "all", of };
  }

  #repeated(of: Node): Node {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.#at));
    if (found === null) return of;
    this.#at += found[0].length;
    const least = Number(found[1]);
    const [min, max] =
      found[0] === "*"
        ? [0, Number.POSITIVE_INFINITY]
        : found[0] === "+"
          ? [1, Number.POSITIVE_INFINITY]
          : found[0] === "?"
            ? [0, 1]
            : [least, found[2] === "" ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3])];
    return { is: "times", of, min, max, isLazy: this.#takes("?") };
  }

  #atom(): Node {
    for (const [mark, isAhead, isNegative] of [
      ["(?=", true, false],
      ["(?!", true, true],
      ["(?<=", false, false],
      ["(?<!", false, true],
    ] as const)
      if (this.#takes(mark)) return { is: "look", of: this.#inside(), isAhead, isNegative };
    if (this.#takes("(?:")) return this.#inside();
    if (this.#takes("(")) {
      const number = ++this.#groups;
      const name = /^\?<(\w+)>/.exec(this.#source.slice(this.#at));
      if (name?.[1] !== undefined) this.#names.set(name[1], number);
      this.#at += name?.[0].length ?? 0;
      return { is: "group", of: this.#inside(), number };
    }
    for (const edge of ["^", "$", "\\b", "\\B"])
      if (this.#takes(edge)) {
        const holds = (this.#flags.includes("m") ? LINE_EDGES[edge] : undefined) ?? EDGES[edge];
        if (holds !== undefined) return { is: "edge", holds };
      }
    const back = /^\\(?:([1-9])|k<(\w+)>)/.exec(this.#source.slice(this.#at));
    if (back !== null) {
      this.#at += back[0].length;
      return { is: "back", number: Number(back[1] ?? this.#names.get(back[2] ?? "")) };
    }
    return this.#char();
  }

  #inside(): Node {
    const node = this.#alternatives();
    if (!this.#takes(")")) throw new Error("A group does not end.");
    return node;
  }

  /** One character, or a set of them: the engine's own word for whether it fits. */
  #char(): Node {
    const from = this.#at;
    if (this.#source[from] === "[") this.#at = this.#setEnd(from);
    else if (this.#source[from] === "\\") {
      const found = /^\\(?:[pP]\{[^}]+\}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|.)/.exec(
        this.#source.slice(from),
      );
      this.#at += found?.[0].length ?? 1;
    } else this.#at++;
    const alone = new RegExp(`^(?:${this.#source.slice(from, this.#at)})$`, this.#flags.replaceAll(/[gymd]/g, ""));
    const known = new Map<string, boolean>();
    const fits = (char: string) => {
      const before = known.get(char);
      if (before !== undefined) return before;
      const does = alone.test(char);
      known.set(char, does);
      return does;
    };
    return { is: "char", fits, written: this.#source.slice(from, this.#at).slice(-1) };
  }

  /** Sets lie in sets under the flag `v`. */
  #setEnd(from: number): number {
    let depth = 0;
    for (let at = from; at < this.#source.length; at++) {
      if (this.#source[at] === "\\") at++;
      else if (this.#source[at] === "[" && (depth === 0 || this.#flags.includes("v"))) depth++;
      else if (this.#source[at] === "]" && --depth === 0) return at + 1;
    }
    throw new Error("A set does not end.");
  }
}

export const readPattern = (source: string, flags: string): Node => new Reader(source, flags).read();

type Go = (at: number) => boolean;

/** More than this is more than any text of a test may cost. */
const STEPS_MAX = 2_000_000;

/** What looking for an expression everywhere in a text costs, as `replaceAll` does. */
export function stepsOf(node: Node, text: string): number {
  let steps = 0;
  const groups: (string | undefined)[] = [];
  const match = (of: Node, at: number, go: Go): boolean => {
    if (++steps > STEPS_MAX) throw new Error("Without end.");
    switch (of.is) {
      case "char":
        return at < text.length && of.fits(text[at] ?? "") && go(at + 1);
      case "edge":
        return of.holds(text, at) && go(at);
      case "all": {
        const next = (index: number, from: number): boolean => {
          const part = of.of[index];
          return part === undefined ? go(from) : match(part, from, (after) => next(index + 1, after));
        };
        return next(0, at);
      }
      case "any":
        return of.of.some((one) => match(one, at, go));
      case "group":
        return match(of.of, at, (after) => {
          const before = groups[of.number];
          groups[of.number] = text.slice(at, after);
          if (go(after)) return true;
          groups[of.number] = before;
          return false;
        });
      case "back": {
        const same = groups[of.number] ?? "";
        steps += same.length;
        return text.startsWith(same, at) && go(at + same.length);
      }
      case "look": {
        const from = of.isAhead ? at : at - lengthOf(of.of);
        const holds = from >= 0 && match(of.of, from, () => true);
        return holds !== of.isNegative && go(at);
      }
      case "times":
        return of.of.is === "char" ? run(of.of, of, at, go) : again(of, at, 0, go);
    }
  };
  /** A repeated character is taken as an engine takes it: as many as there are, then fewer. */
  const run = (
    char: Extract<Node, { is: "char" }>,
    of: Extract<Node, { is: "times" }>,
    at: number,
    go: Go,
  ): boolean => {
    let taken = 0;
    const takes = () => {
      steps++;
      return at + taken < text.length && char.fits(text[at + taken] ?? "");
    };
    if (of.isLazy) {
      for (; taken < of.min; taken++) if (!takes()) return false;
      for (; ; taken++) {
        if (go(at + taken)) return true;
        if (taken >= of.max || !takes()) return false;
      }
    }
    while (taken < of.max && takes()) taken++;
    for (; taken >= of.min; taken--) {
      if (++steps > STEPS_MAX) throw new Error("Without end.");
      if (go(at + taken)) return true;
    }
    return false;
  };
  const again = (of: Extract<Node, { is: "times" }>, at: number, times: number, go: Go): boolean => {
    const more = () => times < of.max && match(of.of, at, (after) => after > at && again(of, after, times + 1, go));
    const enough = () => times >= of.min && go(at);
    return of.isLazy ? enough() || more() : more() || enough();
  };
  for (let at = 0; at <= text.length; ) {
    let end = at;
    const found = match(node, at, (after) => {
      end = after;
      return true;
    });
    at = found && end > at ? end : at + 1;
  }
  return steps;
}

/** How many characters a look behind takes: it is always as many. */
function lengthOf(node: Node): number {
  switch (node.is) {
    case "char":
      return 1;
    case "all":
      return node.of.reduce((length, one) => length + lengthOf(one), 0);
    case "any": {
      const [first = 0, ...others] = node.of.map(lengthOf);
      if (others.some((length) => length !== first)) throw new Error("A look behind of several lengths.");
      return first;
    }
    case "group":
      return lengthOf(node.of);
    case "edge":
    case "look":
      return 0;
    default:
      throw new Error("A look behind of any length.");
  }
}

const ALPHABET = [...` aA0zZ9.-_/:;,=@"'\\%+*?!#&|(){}[]<>~^$\t\n\r\u00a0\u2028\u0301éж中🎵`].filter(
  (char) => char.length === 1,
);

/** Characters of each kind that one place takes: a few, unlike one another. */
const takenBy = ({ fits, written }: Extract<Node, { is: "char" }>) =>
  [written, ...ALPHABET].filter((char) => fits(char)).slice(0, 6);

/** The shortest text that fits, as far as that can be said by looking. */
function shortest(node: Node): string {
  switch (node.is) {
    case "char":
      return takenBy(node)[0] ?? "";
    case "all":
      return node.of.map(shortest).join("");
    case "any":
      return shortest(node.of[0] ?? { is: "all", of: [] });
    case "group":
      return shortest(node.of);
    case "times":
      return shortest(node.of).repeat(Math.min(node.min, 100));
    default:
      return "";
  }
}

/** Texts that a repeated part takes, each different. */
function pumps(node: Node): string[] {
  switch (node.is) {
    case "char":
      return takenBy(node);
    case "all": {
      const whole = shortest(node);
      const inside = node.of.flatMap((one) => pumps(one));
      return [...new Set([whole, ...inside, ...inside.map((one) => whole + one)])]
        .filter((text) => text !== "")
        .slice(0, 12);
    }
    case "any":
      return node.of.flatMap(pumps).slice(0, 12);
    case "group":
    case "times":
      return pumps(node.of);
    // What was taken before, once more.
    case "back":
      return ["a", "ab"];
    default:
      return [];
  }
}

interface Hostile {
  before: string;
  pump: string;
}

/** Each repetition without a bound, or with a wide one: what leads to it, and what it takes. */
function repetitions(node: Node, before: string): Hostile[] {
  switch (node.is) {
    case "all": {
      const found: Hostile[] = [];
      let lead = before;
      for (const one of node.of) {
        found.push(...repetitions(one, lead));
        lead += shortest(one);
      }
      return found;
    }
    case "any":
      return node.of.flatMap((one) => repetitions(one, before));
    case "group":
    case "look":
      return repetitions(node.of, before);
    case "times": {
      const own = node.max < 100 ? [] : pumps(node.of).map((pump) => ({ before, pump }));
      return [...own, ...repetitions(node.of, before)];
    }
    default:
      return [];
  }
}

/** Text of about so many characters that is meant to cost an expression much. */
export function* hostileTo(node: Node): Generator<(chars: number) => string> {
  const found = repetitions(node, "");
  for (const { before, pump } of found)
    for (const end of ["", "\u2029", "\u0000!", "a", "0", " "]) {
      yield (chars) => before + pump.repeat(Math.ceil(chars / pump.length)) + end;
      if (before !== "")
        yield (chars) => (before + pump).repeat(Math.ceil(chars / (before.length + pump.length))) + end;
    }
}
