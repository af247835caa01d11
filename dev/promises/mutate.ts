import { parseAst } from "vitest/node";

/**
 * Mutation operators (DeMillo, Lipton, Sayward 1978; Stryker's are of the same kinds): small faults that a tired person makes. Half of what
 * this product promises is said in SQL, so SQL within a string is mutated as the program round it is. All faults of a module lie in one text,
 * each behind a switch (mutant schemata, Untch, Offutt, Harrold 1993), so that a runtime reads the module once and tries them one by one.
 */
export interface Mutant {
  /** Number of its switch. */
  number: number;
  /** The statement of the module that it lies in, and which fault of this statement it is. */
  part: string;
  inPart: number;
  line: number;
  from: string;
  to: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
const childrenOf = (node: Node): [string, Node][] =>
  Object.entries(node).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child): [string, Node] => [key, child]),
  );

const binary: Record<string, string> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
};
/** In SQL each of these, wherever it stands. */
const inSql: readonly [RegExp, string][] = [
  [/<=/g, "<"],
  [/>=/g, ">"],
  [/(?<![<>-])<(?![=>])/g, "<="],
  [/(?<![<>-])>(?![=>])/g, ">="],
  [/(?<=\b(?:WHERE|AND|OR|ON|NOT) \(?[\w.]+ )=(?= )/g, "<>"],
  [/\bAND\b/g, "OR"],
  [/\bOR\b/g, "AND"],
  [/\bIS NULL\b/g, "IS NOT NULL"],
  [/\bIS NOT NULL\b/g, "IS NULL"],
  [/\bNOT EXISTS\b/g, "EXISTS"],
  [/(?<!NOT )\bEXISTS\b/g, "NOT EXISTS"],
  [/\bNOT IN\b/g, "IN"],
  [/(?<!NOT )\bIN\b/g, "NOT IN"],
  [/\bmax\(/g, "min("],
  [/\bmin\(/g, "max("],
  [/ DESC\b/g, ""],
];
const isSql = (text: string) => /\b(?:SELECT|UPDATE|DELETE|INSERT|WHERE|EXISTS|AND)\b/.test(text);

/** What says something to the log alone is no rule. */
const isAside = (text: string) => /^(?:await )?(?:log|console\.\w+|c\.header)\(/.test(text);

/** A place with a switch: an expression, a statement or an element of a list, and what may stand there instead. */
interface Place {
  start: number;
  end: number;
  is: "expression" | "statement" | "element";
  instead: { number: number; text: string }[];
}

/**
 * Every mutant of a source, and the source with all of them in it: the switch of `globalThis.mutant_` is on, and each that is passed is
 * noted in `globalThis.reached_`, where that is; after `globalThis.left_` of them, where that is, it is taken for a loop without an end.
 *
 * @param within Only what these names declare.
 * @param first The number of the first.
 */
export function mutantsOf(source: string, within?: readonly string[], first = 1): { mutants: Mutant[]; text: string } {
  const mutants: Mutant[] = [];
  const places = new Map<string, Place>();
  const program = parseAst(source, { lang: "ts" }) as unknown as Node;
  const textOf = ({ start, end }: Pick<Node, "start" | "end">) => source.slice(start, end);

  const at = (node: Pick<Node, "start" | "end">, is: Place["is"]): Place => {
    const key = `${node.start} ${node.end} ${is}`;
    const place = places.get(key) ?? { start: node.start, end: node.end, is, instead: [] };
    places.set(key, place);
    return place;
  };
  /** Names of the module's own values, and where each is used: a fault in one is switched there. */
  const uses = new Map<string, Node[]>();
  const note = (node: Node, isName: boolean): void => {
    if (node.type === "Identifier" && !isName)
      uses.set(String(node.name), [...(uses.get(String(node.name)) ?? []), node]);
    for (const [key, child] of childrenOf(node)) {
      const isProperty = (key === "property" && node.computed !== true) || (key === "key" && node.computed !== true);
      const isOther = isProperty || key === "id" || key === "params" || key === "label" || node.shorthand === true;
      if (!/^TS(?!As|NonNull|Satisfies)|^Import/.test(child.type)) note(child, isOther);
    }
  };
  note(program, false);

  let part = "";
  let inPart = 0;
  /** The value of the module that is being made; what is in it is read once. */
  let value: { name: string; init: Node } | null = null;
  const put = (host: Node, is: Place["is"], start: number, end: number, to: string): void => {
    const from = source.slice(start, end);
    const number = first + mutants.length;
    const whole = (of: Pick<Node, "start" | "end">) => source.slice(of.start, start) + to + source.slice(end, of.end);
    const found = value === null ? [] : (uses.get(value.name) ?? []);
    if (value !== null && found.length === 0) return;
    mutants.push({ number, part, inPart: inPart++, line: source.slice(0, start).split("\n").length, from, to });
    if (value === null) at(host, is).instead.push({ number, text: whole(host) });
    else for (const use of found) at(use, "expression").instead.push({ number, text: whole(value.init) });
  };
  const sql = (host: Node, part: Pick<Node, "start" | "end">) => {
    const text = textOf(part);
    if (!isSql(text)) return;
    for (const [of, to] of inSql)
      for (const match of text.matchAll(of))
        put(host, "expression", part.start + match.index, part.start + match.index + match[0].length, to);
  };

  const mutate = (node: Node): void => {
    const { type, start, end, operator, left, right, test, argument, expression, elements, quasis } = node;
    if ((type === "BinaryExpression" || type === "LogicalExpression") && isNode(left) && isNode(right)) {
      const from = left.end + source.slice(left.end, right.start).indexOf(String(operator));
      const isText = [left, right].some((side) => side.type === "TemplateLiteral" || typeof side.value === "string");
      const other = operator === "&&" ? "||" : operator === "||" ? "&&" : binary[String(operator)];
      if (operator === "??") put(node, "expression", start, end, textOf(right));
      else if (other !== undefined && !(operator === "+" && isText))
        put(node, "expression", from, from + String(operator).length, other);
    }
    // What is one comparison or one "not" is turned by itself already.
    const isTurned = isNode(test) && (/^[!=]==$/.test(String(test.operator)) || test.operator === "!");
    if ((type === "IfStatement" || type === "ConditionalExpression") && isNode(test) && !isTurned)
      put(test, "expression", test.start, test.end, `!(${textOf(test)})`);
    if (type === "UnaryExpression" && operator === "!" && isNode(argument))
      put(node, "expression", start, end, textOf(argument));
    if (type === "Literal" && typeof node.value === "boolean") put(node, "expression", start, end, String(!node.value));
    if (type === "Literal" && typeof node.value === "number")
      put(node, "expression", start, end, node.value === 0 ? "1" : "0");
    if (type === "Literal" && typeof node.value === "string") sql(node, node);
    if (type === "TemplateLiteral" && Array.isArray(quasis))
      for (const part of quasis) if (isNode(part)) sql(node, part);
    if (type === "ExpressionStatement" && isNode(expression) && !isAside(textOf(expression)))
      put(node, "statement", start, end, ";");
    if (type === "ArrayExpression" && Array.isArray(elements) && elements.length > 1)
      for (const one of elements)
        if (isNode(one) && /^(?:Call|Await|Spread)/.test(one.type)) put(one, "element", one.start, one.end, "");
  };

  const visit = (node: Node, isWithin: boolean, depth: number): void => {
    const isType = /^(?:TS|Import|ExportAll)/.test(node.type) && !/^TS(?:As|NonNull|Satisfies)/.test(node.type);
    if (isType) return;
    const named = [node.id, node.key].some((name) => isNode(name) && within?.includes(textOf(name)) === true);
    const inside = isWithin || named;
    if (inside) mutate(node);
    const isFunction = /Function/.test(node.type);
    for (const [key, child] of childrenOf(node)) {
      if (key === "key" && node.computed !== true) continue;
      if (node === program) [part, inPart] = [textOf(child), 0];
      const isValue = node.type === "VariableDeclarator" && key === "init" && depth === 0 && isNode(node.id);
      const before = value;
      if (isValue && isNode(node.id)) value = { name: textOf(node.id).replace(/:.*/s, ""), init: child };
      if (isFunction) value = null;
      visit(child, inside, depth + (isFunction ? 1 : 0));
      value = before;
    }
  };
  visit(program, within === undefined, 0);
  return {
    mutants,
    text: `const isOn_ = (number) => { globalThis.reached_?.add(number); if (--globalThis.left_ < 0) throw new Error("It never ends."); return globalThis.mutant_ === number; }; ${rendered(source, [...places.values()])}`,
  };
}

/** The source with its switches. Places lie within each other as the program does. */
function rendered(source: string, places: readonly Place[]): string {
  const sorted = places.toSorted((one, other) => one.start - other.start || other.end - one.end);
  let next = 0;
  const upTo = (from: number, end: number): string => {
    let text = "";
    let place = sorted[next];
    for (let done = from; ; place = sorted[next]) {
      if (place === undefined || place.start >= end || place.end > end) return text + source.slice(done, end);
      next++;
      text += source.slice(done, place.start) + switched(place);
      done = place.end;
    }
  };
  const switched = ({ start, end, is, instead }: Place): string => {
    const original = upTo(start, end);
    const isAny = `[${instead.map(({ number }) => number).join()}].some(isOn_)`;
    // In braces of its own: an "else" that comes after it is another's.
    if (is === "statement") return `{ if (!${isAny}) { ${original} } }`;
    if (is === "element") return `...(${isAny} ? [] : [${original}])`;
    return `(${instead.map(({ number, text }) => `isOn_(${number}) ? (${text}) : `).join("")}(${original}))`;
  };
  return upTo(0, source.length);
}
