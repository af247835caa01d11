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

/** The statements that a module writes down: what stands in `prepare(…)`, with the module's own constants put in. */
function statementsIn(source: string): { sql: string; isWhole: boolean }[] {
  const constants = new Map<string, string>();
  for (const [, name = "", text = ""] of source.matchAll(/\bconst (\w+) =\s*[`"]([^`"]*)[`"];/g))
    constants.set(name, text);
  for (const [, name = "", digits = ""] of source.matchAll(/\bconst (\w+) = ([\d_]+);/g))
    constants.set(name, digits.replaceAll("_", ""));
  const fill = (sql: string): string =>
    sql.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
      const text = constants.get(name);
      return text === undefined ? whole : text.includes("${") ? fill(text) : text;
    });
  return [...source.matchAll(/\.prepare\(\s*(?:`([^`]*)`|"([^"]*)")/g)].map(([, template, plain]) => {
    const sql = fill(template ?? plain ?? "");
    return { sql, isWhole: !sql.includes("${") };
  });
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
  let pieced = 0;
  for (const [path, source] of Object.entries(sources)) {
    for (const { sql, isWhole } of statementsIn(source)) {
      if (!isWhole) {
        pieced++;
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
  // Put together at run time, of pieces that the code holds; the tests of their rooms run them.
  expect(pieced).toBeLessThanOrEqual(25);
});
