import { expect, test } from "vitest";
import { type CreditedStem, creditsCsv, creditsOf, creditsRin } from "./credits.ts";

const stem = (more: Partial<CreditedStem>): CreditedStem => ({
  memberId: "mem_a",
  who: "Ada",
  input: "Guitar",
  takeId: "t1",
  startedAtMs: 1_000,
  seconds: 10,
  ...more,
});

const evening = [
  stem({ takeId: "t2", startedAtMs: 5_000 }),
  stem({ input: "Voice", startedAtMs: 1_000 }),
  stem({}),
  stem({ memberId: "mem_b", who: 'Ben "=" & <Söhne>', input: "=SUM(A1)", startedAtMs: 500 }),
];

test("C8: credits name who played what and when, whoever began first first, each take once", () => {
  expect(creditsOf(evening)).toEqual([
    {
      memberId: "mem_b",
      who: 'Ben "=" & <Söhne>',
      input: "=SUM(A1)",
      takes: 1,
      firstAtMs: 500,
      lastAtMs: 500,
      seconds: 10,
    },
    { memberId: "mem_a", who: "Ada", input: "Voice", takes: 1, firstAtMs: 1_000, lastAtMs: 1_000, seconds: 10 },
    { memberId: "mem_a", who: "Ada", input: "Guitar", takes: 2, firstAtMs: 1_000, lastAtMs: 5_000, seconds: 20 },
  ]);
});

test("the table opens in a spreadsheet and nothing in it is a formula", () => {
  const lines = creditsCsv(evening, ["who", "input", "take", "at", "seconds"]).split("\r\n");
  expect(lines[0]).toBe("\ufeffwho,input,take,at,seconds");
  expect(lines[1]).toBe(`"Ben ""="" & <Söhne>",'=SUM(A1),t1,1970-01-01T00:00:00.500Z,10.000`);
  // A spreadsheet takes full-width signs for the signs themselves, and passes over what is blank before them.
  for (const input of ["＝1+1", "＋1", "－1", "＠SUM(1)", " ＝1", "\t=1", "-1", "@x"])
    expect(creditsCsv([stem({ input })], ["who", "input", "take", "at", "seconds"])).toContain(`,'${input},`);
  expect(lines).toHaveLength(6);
});

test("the notification is well-formed and every reference in it leads somewhere", () => {
  const text = creditsRin(evening, {
    sessionId: "ses_x",
    name: "Night \u0001& day",
    createdAtMs: 0,
    nowMs: 9_000,
    messageId: "m",
  });
  expect(text).toContain("<TitleText>Night &amp; day</TitleText>");
  expect(text).toContain("<FullName>Ben &quot;=&quot; &amp; &lt;Söhne&gt;</FullName>");
  const open: string[] = [];
  for (const [, slash, tag = ""] of text.replace(/<\?.*\?>/, "").matchAll(/<(\/?)([\w:]+)[^>]*>/g)) {
    if (slash === "") open.push(tag);
    else expect(open.pop()).toBe(tag);
  }
  expect(open).toEqual([]);
  const ids = new Set(Array.from(text.matchAll(/<(?:\w+)Reference>([APKWJO]\d+)</g), ([, id]) => id));
  for (const id of ids) expect(text.split(`>${id}<`).length, id).toBeGreaterThan(2);
});
