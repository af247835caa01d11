import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { storageDocument } from "../../dev/storage-doc.ts";
import { notYet } from "./not-yet.ts";

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

/** The ids in the titles of all tests: of `test` and `describe`, and of the tables that `each` takes them from. */
function citedIds(): Set<string> {
  const cited = new Set<string>();
  for (const path of globSync("{protocol,audio,durable-objects,workers,companion,site,dev,test}/**/*.test.{ts,tsx}")) {
    const titles = readFileSync(path, "utf8").matchAll(
      /(?:\b(?:test|describe)(?:\.\w+)*(?:<[^>]*>)?\(|\)\(|\[)\s*(["'`])((?:(?!\1)[\s\S])*)\1/g,
    );
    for (const [, , title = ""] of titles) for (const id of title.match(/\b[A-CE-HPVX]\d+\b/g) ?? []) cited.add(id);
  }
  return cited;
}

const idsOf = (path: string, form: RegExp) => [...readFileSync(path, "utf8").matchAll(form)].map(([, id = ""]) => id);

test("every promise, fault and protocol rule is cited by a test's title, and what is cited exists", () => {
  const law = [
    ...idsOf("docs/PROTOCOL.md", /\*\*(P\d+)\*\*/g),
    ...idsOf("docs/PROMISES.md", /^\| ([A-HV]\d+) \|/gm),
    ...idsOf("docs/FAULTS.md", /^\| (X\d+) \|/gm),
  ];
  const cited = citedIds();
  expect(law.length).toBeGreaterThan(100);
  expect([...cited].filter((id) => !law.includes(id))).toEqual([]);
  expect(law.filter((id) => !cited.has(id) && !notYet.cited.includes(id))).toEqual([]);
  // Whatever has been mended leaves the list.
  expect(notYet.cited.filter((id) => cited.has(id))).toEqual([]);
});
