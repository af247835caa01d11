import { env } from "cloudflare:workers";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { inventory } from "../../workers/privacy/inventory.ts";
import type { Rule } from "../../workers/privacy/rules.ts";
import { sealed, sealedText } from "../../workers/testing/addresses.ts";
import { SEALED } from "../../workers/testing/rows.ts";
import { db } from "../../workers/testing/tables.ts";
import { type Person, people, random, type World } from "./world.ts";

/**
 * Columns that others are shown, and nothing else is: the list of promise V1, by where it lies. A column that somebody adds later is
 * private here until it is added to this list.
 */
const shown: Record<string, readonly string[]> = {
  accounts: ["displayName"],
  sessions: ["name"],
  recordings: ["id", "name", "takeId", "sha256"],
  // A published profile; the marked ones are not published.
  profiles: [],
  // What is written to somebody is theirs to read.
  messages: ["text"],
  // A statement of reasons goes to both sides, and its words are ours.
  decisions: ["facts"],
};

const tables = Object.entries(schema as Record<string, unknown>).filter((entry): entry is [string, SQLiteTable] =>
  is(entry[1], SQLiteTable),
);
const rules: Record<string, Rule<string>> = inventory;

/** Columns whose text has a form that the owner's own reading insists on. */
const forms: Record<string, (mark: string) => string | null> = {
  "profiles.words": (mark) =>
    JSON.stringify({
      daw: mark,
      instruments: [mark],
      languages: [],
      bio: mark,
      rateMinor: null,
      rateCurrency: null,
      availability: null,
    }),
  "profiles.id": () => newId("pro", random),
  "exports.place": () => JSON.stringify({ at: "end" }),
};

/** A mark that nobody could write by chance, and that says where it came from. */
export const markOf = (who: Person, place: string) => `zq${who}x${place.replaceAll(/[^A-Za-z]/g, "")}qz`;

/**
 * Writes a mark into every text column about every person that is not shown to others: updates the rows that the world has, and makes a
 * row in every table that has none, from the tables' own description. Returns the marks it wrote, by person.
 */
export async function markEverything(world: World): Promise<Record<Person, string[]>> {
  const marks = Object.fromEntries(people.map((who) => [who, [] as string[]])) as Record<Person, string[]>;
  // What a person's row in the breach register hangs on; nobody is named in it.
  const breachId = newId("bre", random);
  await db.insert(schema.breaches).values({
    id: breachId,
    kind: "data",
    whatHappened: "",
    consequences: "",
    measures: "",
    scope: JSON.stringify({ tables: ["waitlist"] }),
    awareAtMs: 0,
  });
  // What an appeal hangs on.
  const decisionId = newId("dec", random);
  await db.insert(schema.decisions).values({
    id: decisionId,
    accountId: world.accountId.fay,
    measure: "none",
    ground: "terms",
    facts: SEALED,
    decidedAtMs: 0,
  });
  for (const [name, table] of tables) {
    const [first] = rules[name]?.subjects ?? [];
    if (first === undefined || "in" in first) continue;
    const subject = first.column;
    const config = getTableConfig(table);
    const foreign = new Set(config.foreignKeys.flatMap((key) => key.reference().columns.map((column) => column.name)));
    const columns = Object.entries(getTableColumns(table));
    const subjectColumn = columns.find(([key]) => key === subject)?.[1].name ?? "";
    for (const who of people) {
      const subjectId = /member/i.test(subject) ? world.memberId[who] : world.accountId[who];
      const marked = columns.filter(
        ([key, column]) =>
          column.dataType === "string" &&
          (column.enumValues?.length ?? 0) === 0 &&
          key !== subject &&
          !column.primary &&
          !config.primaryKeys.some((primary) => primary.columns.includes(column)) &&
          !foreign.has(column.name) &&
          // Ids of this very world, that the requests are made with.
          !/(^|[a-z])(Id|Hash)$|^id$|^tokenHash$|^place$|^uploadId$|^email(Index)?$|^address(Index)?$|^templateValues$|^ipAddress$|^userAgent$/.test(
            key,
          ) &&
          !(shown[name] ?? []).includes(key),
      );
      const written: string[] = [];
      const value = async (key: string) => {
        const mark = markOf(who, `${name}${key}`);
        written.push(mark);
        const kind = rules[name]?.sealed?.[key];
        const form = forms[`${name}.${key}`];
        if (kind !== undefined) return await sealedText(world.accountId[who], kind, form?.(mark) ?? mark);
        return form === undefined ? mark : form(mark);
      };
      const { count } = (await env.DB.prepare(
        `SELECT COUNT(*) AS count FROM ${getTableName(table)} WHERE ${subjectColumn} = ?`,
      )
        .bind(subjectId)
        .first<{ count: number }>()) ?? { count: 0 };
      if (count > 0) {
        for (const [key, column] of marked)
          await env.DB.prepare(`UPDATE ${getTableName(table)} SET ${column.name} = ? WHERE ${subjectColumn} = ?`)
            .bind(column.isUnique ? `${await value(key)}${[...random(4)].join("")}` : await value(key), subjectId)
            .run();
      } else if (
        name !== "recordings" &&
        name !== "sessionMembers" &&
        name !== "sessionErasures" &&
        name !== "sessionSeats" &&
        // Whose data is only stored would be shown to nobody, and the search would prove less.
        name !== "restrictions" &&
        name !== "accountErasures"
      ) {
        const of = async ([key, column]: (typeof columns)[number]) => {
          if (key === subject) return subjectId;
          if (marked.some(([other]) => other === key)) return await value(key);
          if (key === "breachId") return breachId;
          // What an investigation still holds would not be erased.
          if (name === "holds" && key === "releasedAtMs") return world.nowMs;
          if (key === "conversationId") return world.conversationId;
          if (key === "sessionId") return world.sessionId;
          if (key === "decisionId") return decisionId;
          // Sealed by whoever writes it, and the database refuses it otherwise.
          if (key in (rules[name]?.sealed ?? {})) return SEALED;
          if (foreign.has(column.name)) return world.accountId[who];
          if (column.dataType === "string" && (column.enumValues?.length ?? 0) > 0) return column.enumValues?.[0];
          if (column.dataType === "string") {
            const mark = markOf(who, `${name}${key}`) + [...random(6)].join("");
            return forms[`${name}.${key}`]?.(mark) ?? mark;
          }
          return column.notNull ? world.nowMs + 1_000_000 : null;
        };
        const made = await Promise.all(columns.map(async (column) => [column[0], await of(column)] as const));
        await db.insert(table).values(Object.fromEntries(made));
      }
      marks[who].push(...written);
    }
  }
  // The address itself, which the world wrote when it was made.
  for (const who of people) {
    const email = `${markOf(who, "email")}${world.accountId[who].slice(4, 12)}@example.org`;
    const { email: address, emailIndex } = await sealed(world.accountId[who], email);
    await env.DB.prepare("UPDATE accounts SET email = ?, email_index = ? WHERE id = ?")
      .bind(address, emailIndex, world.accountId[who])
      .run();
    marks[who].push(markOf(who, "email"), world.accountId[who]);
  }
  return marks;
}
