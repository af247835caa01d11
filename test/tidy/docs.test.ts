import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { storageDocument } from "../../dev/storage-doc.ts";

const documents = ["README.md", ...globSync("docs/*.md")];

test("docs/STORAGE.md is what the inventory says; `node dev/storage-doc.ts` writes it anew", () => {
  expect(readFileSync("docs/STORAGE.md", "utf8")).toBe(storageDocument());
});

test("every file that a document points to is there", () => {
  const missing: string[] = [];
  for (const document of documents) {
    const text = readFileSync(document, "utf8");
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!/^https?:/.test(target) && !existsSync(join(dirname(document), target)))
        missing.push(`${document}: ${target}`);
    }
    for (const [, path = ""] of text.matchAll(
      /`((?:protocol|migrations|durable-objects|workers|companion|site|dev|bench|test|docs)\/[\w./-]*)`/g,
    )) {
      if (!existsSync(path)) missing.push(`${document}: ${path}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every rule that a test cites is one of docs/PROTOCOL.md", () => {
  const rules = new Set(
    readFileSync("docs/PROTOCOL.md", "utf8")
      .match(/\*\*(P\d+)\*\*/g)
      ?.map((rule) => rule.replaceAll("*", "")),
  );
  const cited = globSync("{protocol,durable-objects,workers,companion,test}/**/*.test.ts").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/test(?:\.each\([^)]*\))?\(\s*"([^"]*)"/g)].flatMap(
      ([, title = ""]) => title.match(/\bP\d+\b/g) ?? [],
    ),
  );
  expect(cited.length).toBeGreaterThan(20);
  expect(cited.filter((rule) => !rules.has(rule))).toEqual([]);
});
