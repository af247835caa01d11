import { globSync, readFileSync } from "node:fs";

/** A test's title as it stands in its file, with what it cites. */
export interface Citation {
  file: string;
  title: string;
  ids: string[];
}

export const idsIn = (text: string): string[] => text.match(/\b[A-CE-HPVX]\d+\b/g) ?? [];

/** Every title that cites a promise, a fault or a rule: of `test` and `describe`, and of the tables that `each` takes them from. */
export function citations(): Citation[] {
  return globSync("{protocol,audio,durable-objects,workers,companion,site,dev,test}/**/*.test.{ts,tsx}")
    .sort()
    .flatMap((file) =>
      [
        ...readFileSync(file, "utf8").matchAll(
          /(?:\b(?:test|describe)(?:\.\w+)*(?:<[^>]*>)?\(|\)\(|\[)\s*(["'`])((?:(?!\1)[\s\S])*)\1/g,
        ),
      ]
        .map(([, , title = ""]) => ({ file, title, ids: idsIn(title) }))
        .filter(({ ids }) => ids.length > 0),
    );
}

export interface PromiseRow {
  id: string;
  promise: string;
}

/** The rows of docs/PROMISES.md. */
export const promiseRows = (): PromiseRow[] =>
  [...readFileSync("docs/PROMISES.md", "utf8").matchAll(/^\| ([A-HV]\d+) \| ([^|]+) \|/gm)].map(
    ([, id = "", promise = ""]) => ({ id, promise: promise.replaceAll("**", "").trim() }),
  );
