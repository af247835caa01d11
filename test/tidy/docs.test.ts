import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { citations } from "../../dev/promises/citations.ts";
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

test("the tests that docs/FAULTS.md names for what strangers found are there, by their titles", () => {
  const missing: string[] = [];
  let named = 0;
  for (const line of readFileSync("docs/FAULTS.md", "utf8").split("\n")) {
    // A file, and the titles after it up to the next one.
    const [, ...files] = line.split(/\[[\w.-]+\.test\.ts\]\(\.\.\//);
    for (const rest of files) {
      const [path = ""] = rest.split(")", 1);
      const source = existsSync(path) ? readFileSync(path, "utf8") : "";
      const titles = [...rest.matchAll(/“([^”]+)”/g)].map(([, title = ""]) => title);
      named += titles.length;
      if (titles.length === 0) missing.push(`${path}: no title`);
      for (const title of titles) if (!source.includes(title)) missing.push(`${path}: ${title}`);
    }
  }
  expect(named).toBeGreaterThan(80);
  expect(missing).toEqual([]);
});

const idsOf = (path: string, form: RegExp) => [...readFileSync(path, "utf8").matchAll(form)].map(([, id = ""]) => id);

test("every promise, fault and protocol rule is cited by a test's title, and what is cited exists", () => {
  const law = [
    ...idsOf("docs/PROTOCOL.md", /\*\*(P\d+)\*\*/g),
    ...idsOf("docs/PROMISES.md", /^\| ([A-HV]\d+) \|/gm),
    ...idsOf("docs/FAULTS.md", /^\| (X\d+) \|/gm),
  ];
  const cited = new Set(citations().flatMap(({ ids }) => ids));
  expect(law.length).toBeGreaterThan(100);
  // One number, one rule.
  expect(law.filter((id, at) => law.indexOf(id) !== at)).toEqual([]);
  expect([...cited].filter((id) => !law.includes(id))).toEqual([]);
  expect(law.filter((id) => !cited.has(id) && !notYet.cited.includes(id))).toEqual([]);
  // Whatever has been mended leaves the list.
  expect(notYet.cited.filter((id) => cited.has(id))).toEqual([]);
});
