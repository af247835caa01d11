import { type Mutation, of } from "./mutation.ts";

const copy = of("G1", "test/promises/export.test.ts");
const access = of("C1", "test/promises/access.test.ts");
const hub = of("A4", "workers/hub/hub.test.ts");

/** Broken on purpose: what others see, and who may ask. */
export const sight: readonly Mutation[] = [
  // Projection: what others see.
  of("V1", "test/promises/marks.test.ts")(
    "workers/hub/store.ts",
    "what is written in a private profile is told to others",
    " AND p.hub_position IS NOT NULL",
    "",
  ),
  of("V2", "durable-objects/addresses.test.ts")(
    "durable-objects/addresses.ts",
    "a host's candidate passes",
    'type.toLowerCase() === "relay";',
    'type !== "";',
  ),
  of("V2", "durable-objects/addresses.test.ts")(
    "durable-objects/addresses.ts",
    "the connection line keeps its address",
    'case "c":\n      return `c=IN IP4 ${NOWHERE}`;',
    'case "c":\n      return `c=${value}`;',
  ),
  of("V1", "durable-objects/listeners.test.ts")(
    "durable-objects/listeners.ts",
    "whoever listens to a broadcast is told who is there",
    "members: heardOf(members),\n      transport",
    "members: [...members],\n      transport",
  ),
  of("C1", "workers/sessions/guests.test.ts")(
    "workers/sessions/guest-store.ts",
    "a guest is made a host",
    'if (role === "host") return refused("conflict");',
    'if (role === "host") role = "participant";',
  ),
  of("C1", "workers/sessions/guests.test.ts")(
    "workers/sessions/guest-store.ts",
    "a guest who was taken out comes back by the same link",
    "UPDATE invites SET uses_left = 0\n       WHERE id = (SELECT invite_id FROM session_guests WHERE member_id",
    "UPDATE invites SET uses_left = uses_left\n       WHERE id = (SELECT invite_id FROM session_guests WHERE member_id",
  ),
  of("A5", "workers/sessions/guests.test.ts")(
    "protocol/guests.ts",
    "a guest says that they are younger, and comes in",
    "isSixteen: z.literal(true),",
    "isSixteen: z.boolean(),",
  ),
  hub("workers/hub/store.ts", "a private profile is found by its address", " AND p.hub_position IS NOT NULL", ""),
  hub(
    "workers/hub/store.ts",
    "the index keeps who is private again",
    '.prepare("DELETE FROM hub_search WHERE',
    '.prepare("DELETE FROM hub_search WHERE 0 AND',
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "others' words are in the copy",
    "items: events.filter((event) => concerns(event, memberId)),",
    "items: events,",
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "a table's second way to the person is left out",
    "at === 0 ? table : `${table}.${subject.column}`",
    "table",
  ),
  copy(
    "workers/privacy/export-sources.ts",
    "a page too few",
    "results.length < ROWS ? null",
    "results.length <= ROWS ? null",
  ),
  of("G2", "test/promises/export.test.ts")(
    "workers/recordings/download.ts",
    "a restricted person's recordings are given to others",
    "if (!isTheirs && (await isRestricted(env.DB, row.accountId)))",
    "if (!isTheirs && (await isRestricted(db, accountId)))",
  ),
  of("G2", "workers/privacy/rights.test.ts")(
    "workers/privacy/restriction.ts",
    "a restricted person stays on the Hub",
    "await unpublish(env, deps, accountId);",
    "if (deps.now() < 0) await unpublish(env, deps, accountId);",
  ),
  // Access.
  access(
    "protocol/roles.ts",
    "anybody deletes the session",
    '"session.delete": ["host"]',
    '"session.delete": ["host", "participant"]',
  ),
  access(
    "protocol/roles.ts",
    "an observer downloads",
    '"recording.download": ["host", "participant"]',
    '"recording.download": ["host", "participant", "observer"]',
  ),
  access("workers/sessions/guard.ts", "no role is asked for", "!may(member.role, permission)", "false"),
  of("C6", "workers/recordings/recordings.test.ts")(
    "workers/recordings/routes.ts",
    "shared although recording is off",
    "if (!member.recordingPermitted) return",
    "if (member.recordingPermitted === undefined) return",
  ),
  of("A7", "workers/pages/pages.test.ts")(
    "workers/pages/page.ts",
    "a cookie before signing in",
    'c.header("Vary", "Accept-Language, Cookie");',
    'c.header("Vary", "Accept-Language, Cookie");\n  c.header("Set-Cookie", "seen=1");',
  ),
  of("A2", "workers/accounts/accounts.test.ts")(
    "workers/accounts/sign-in.ts",
    "an overheard proof counts again",
    'await consumeChallenge(c.env.DB, c.var.deps, "password", step)',
    'await readChallenge(c.env.DB, c.var.deps, "password", step)',
  ),
  of("A5", "workers/accounts/accounts.test.ts")(
    "protocol/accounts.ts",
    "whoever is younger signs up",
    'isSixteen: z.literal(true, { error: "SessionLinked is for people of 16 and over." }),',
    "isSixteen: z.boolean(),",
  ),
  of("A6", "workers/accounts/accounts.test.ts")(
    "workers/accounts/store.ts",
    "a corrected name is not kept",
    "await rename(",
    "if (deps.now() < 0) await rename(",
  ),
  of("A3", "workers/hub/hub.test.ts")(
    "workers/hub/store.ts",
    "a profile is never cleared",
    "rateMinor: rate?.amountMinor ?? null,",
    "rateMinor: rate?.amountMinor ?? 1,",
  ),
  of("A1", "workers/accounts/accounts.test.ts")(
    "workers/accounts/store.ts",
    "an account forgets the name that was given",
    ".bind(accountId, sealed, emailIndex, sealedName,",
    ".bind(accountId, sealed, emailIndex, email,",
  ),
];
