import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import * as schema from "../../migrations/schema.ts";
import { languages } from "../../site/i18n/language.ts";
import { holdings } from "../../workers/privacy/holdings.ts";
import { inventory, sqlName, tableRules } from "../../workers/privacy/inventory.ts";
import { policyText } from "../../workers/privacy/policy-text.ts";
import { numbersOfTheCode, policyVersions } from "../../workers/privacy/policy-versions.ts";
import { register } from "../../workers/privacy/register.ts";

const tables = Object.entries(schema as Record<string, unknown>).filter((entry): entry is [string, SQLiteTable] =>
  is(entry[1], SQLiteTable),
);
const columnOf = (table: string, key: string) => {
  const found = tables.find(([name]) => name === table)?.[1];
  return found === undefined ? undefined : getTableColumns(found)[key];
};
const held = (where: string) => holdings.filter((holding) => holding.where === where).map(({ name }) => name);

describe("G1: nothing is stored without a rule", () => {
  test("the schema's names are the rules' names, as SQL writes them", () => {
    for (const [name, table] of tables) {
      expect(sqlName(name)).toBe(getTableName(table));
      for (const [key, column] of Object.entries(getTableColumns(table))) expect(sqlName(key)).toBe(column.name);
    }
    expect(tables.map(([name]) => name).sort()).toEqual(Object.keys(inventory).sort());
  });

  test("every table that a migration makes, virtual ones too, has a rule", () => {
    const made = globSync("migrations/*.sql").flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?[`"]?(\w+)/gi)].map(
        ([, name = ""]) => name,
      ),
    );
    const dropped = /^__new_/;
    const known = [...Object.keys(inventory).map(sqlName), ...held("index")];
    expect(made.filter((name) => !known.includes(name) && !dropped.test(name))).toEqual([]);
  });

  test("E3: the database refuses what is in the clear in every column that the rules say is sealed", () => {
    const sealed = tableRules.flatMap(([table, { sealed: columns = {} }]) =>
      Object.keys(columns).map((column) => `${sqlName(table)}_${sqlName(column)}_is_sealed`),
    );
    const checked = tables
      .flatMap(([, table]) => getTableConfig(table).checks.map(({ name }) => name))
      .filter((name) => name.endsWith("_is_sealed"));
    expect(checked.sort()).toEqual(sealed.sort());
    // Whoever is found by an address is found by its index: no column holds one that may be read.
    const readable = tables.flatMap(([name, table]) =>
      Object.keys(getTableColumns(table))
        .filter((key) => /^(e?mail|(ip)?address|userAgent)$/i.test(key))
        .map((key) => `${sqlName(name)}_${sqlName(key)}_is_sealed`),
    );
    expect(readable.filter((name) => !checked.includes(name))).toEqual([]);
  });

  test("E3: a free text is sealed, or has a written reason why it is not", () => {
    const undecided = tables.flatMap(([name, table]) => {
      const { sealed = {}, clear = {} } = tableRules.find(([other]) => other === name)?.[1] ?? {};
      return Object.entries(getTableColumns(table)).flatMap(([key, column]) => {
        const isFree = column.dataType === "string" && (column.enumValues?.length ?? 0) === 0;
        // A number, a fingerprint or a keyed index; the rules' own type says the same, so that this does not compile either.
        const isNameless = /^id$|(Id|Hash|Index|ha256)$/.test(key);
        const decided = Number(key in sealed) + Number((clear[key]?.length ?? 0) > 20);
        return isFree && !isNameless && decided !== 1 ? [`${name}.${key}`] : [];
      });
    });
    expect(undecided).toEqual([]);
    const gone = tableRules.flatMap(([name, { clear = {} }]) =>
      Object.keys(clear).filter((key) => columnOf(name, key) === undefined),
    );
    expect(gone).toEqual([]);
  });

  test("every table of a room's own storage has a rule, and no other", () => {
    const made = globSync("durable-objects/*.ts").flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(([, name = ""]) => name),
    );
    expect([...new Set(made)].sort()).toEqual(held("room").sort());
  });

  test("every object that is written to R2 has a key whose beginning has a rule", () => {
    const sources = globSync("workers/**/*.ts")
      .filter((path) => !/\.test\.ts$|testing\//.test(path))
      .map((path) => ({ path, text: readFileSync(path, "utf8") }));
    const prefixes = sources.flatMap(({ text }) =>
      [...text.matchAll(/const \w*(?:Key|Prefix) = (?:\([^)]*\)|\w+)(?:: string)? =>\s*`([^`$]*)\$\{(\w*)/g)].map(
        ([, start = "", inner = ""]) => ({ start, inner }),
      ),
    );
    const own = prefixes.filter(({ start }) => start !== "").map(({ start }) => start);
    expect(own.length).toBeGreaterThan(1);
    expect(own.filter((start) => !held("store").some((prefix) => start.startsWith(prefix)))).toEqual([]);
    // Whatever is written takes its key from a function of that form, or from a variable that one filled.
    const written = sources.flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /(?:RECORDINGS|store|objectStore\(env, deps\))\.(?:put|putNew|openUpload|createMultipartUpload)\(\s*([^,)(]+)/g,
        ),
      ].map(([, key = ""]) => `${path}: ${key.trim()}`),
    );
    expect(written.filter((line) => !/: (\w*Key|key)$/.test(line))).toEqual([]);
  });

  test("what the rules say of the companion's disk is what the companion writes", () => {
    const sources = globSync("companion/**/*.ts")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    expect(held("disk").filter((end) => !sources.includes(end))).toEqual([]);
  });
});

test("rows that a test is made of are typed by the tables; what is written as SQL is a crowd, with its columns by name", () => {
  const written = globSync(["{workers,test}/**/*.test.{ts,tsx}", "{workers/testing,test,dev,bench}/**/*.ts"])
    .filter((path) => path !== "test/tidy/rules.test.ts")
    .filter((path) => /INSERT (?:OR \w+ )?INTO/.test(readFileSync(path, "utf8")));
  expect([...new Set(written)].sort()).toEqual([
    "bench/privacy/heavy.ts",
    "bench/takes/reads.ts",
    "workers/cron/maximum.test.ts",
    "workers/testing/crowd.ts",
    "workers/testing/tables.ts",
  ]);
});

test("SQL lies in the noun's store: routes and pages have none", () => {
  const asked = globSync(["workers/*/*routes*.ts", "workers/pages/*.{ts,tsx}", "workers/*/app.tsx", "workers/app.ts"])
    .filter((path) => !path.includes(".test."))
    .filter((path) => /\.prepare\(|\bdrizzle\(/.test(readFileSync(path, "utf8")));
  expect(asked).toEqual([]);
});

describe("E6: what a rule relies on is there", () => {
  test("a rule's subject and moment are columns of its table", () => {
    for (const [name, rule] of tableRules) {
      for (const subject of rule.subjects) {
        expect(columnOf(name, subject.column), `${name}.${subject.column}`).toBeDefined();
        if ("in" in subject) expect(columnOf(subject.in, subject.key), `${subject.in}.${subject.key}`).toBeDefined();
        else if (subject.erase === "forget") expect(columnOf(name, subject.column)?.notNull).toBe(false);
      }
      expect(rule.retention.length, name).toBeGreaterThan(0);
    }
  });

  test("what goes with another row hangs on it by a cascading key", () => {
    for (const [name, rule] of tableRules)
      for (const retention of rule.retention) {
        if (retention.kind !== "with") continue;
        const table = tables.find(([other]) => other === name)?.[1];
        const keys = table === undefined ? [] : getTableConfig(table).foreignKeys;
        const parent = keys.find((key) => getTableName(key.reference().foreignTable) === sqlName(retention.table));
        expect(parent?.onDelete, `${name} with ${retention.table}`).toBe("cascade");
      }
  });

  test("every table about a person goes with their account: by a statement, or by a step that is named", () => {
    for (const [name, rule] of tableRules) {
      const kept = rule.retention.some(({ kind }) => kind === "with-subject");
      if (kept) expect(rule.subjects.length, name).toBeGreaterThan(0);
    }
  });

  test("both languages say each purpose and each length", () => {
    for (const { name, purpose, until } of register) {
      for (const text of [purpose.en, purpose.de, until.en, until.de]) expect(text.length, name).toBeGreaterThan(3);
      expect(purpose.en).not.toBe(purpose.de);
    }
  });
});

test("G5: the newest version of the policy says the numbers that the code keeps; a new number wants a new version in workers/privacy/policy-versions.ts", () => {
  expect(numbersOfTheCode()).toEqual(policyVersions.at(-1)?.numbers);
});

describe("G5: the policy's text is kept, version by version", () => {
  const kept = (version: number, language: string) => readFileSync(`site/policies/${version}.${language}.txt`, "utf8");

  test.each(policyVersions)(
    "G5: version $version is what it was: its text has the hash that stands with it",
    ({ version, sha256 }) => {
      for (const language of languages)
        expect(createHash("sha256").update(kept(version, language)).digest("hex")).toBe(sha256[language]);
    },
  );

  test("G5: the newest version is what the page says today; other words want a new version and `node dev/policy.ts`", () => {
    for (const language of languages) expect(policyText(language)).toBe(kept(policyVersions.length, language));
  });

  test("G5: nothing is kept that is no version", () => {
    const names = policyVersions.flatMap(({ version }) => languages.map((language) => `${version}.${language}.txt`));
    expect(globSync("*.txt", { cwd: "site/policies" }).sort()).toEqual(names.sort());
  });
});
