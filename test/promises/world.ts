import { env } from "cloudflare:workers";
import {
  accounts,
  blocks,
  conversationSides,
  conversations,
  invites,
  messages,
  passkeys,
  passwords,
  profiles,
  recordingConsents,
  recordings,
  reports,
  sessionGuests,
  sessionMembers,
  sessions,
  signIns,
} from "../../migrations/schema.ts";
import { type MemberId, newId, randomBase32, type SessionId } from "../../protocol/ids.ts";
import type { Role } from "../../protocol/roles.ts";
import { initialTransport } from "../../protocol/transport.ts";
import type { createApp } from "../../workers/app.ts";
import { sha256Hex } from "../../workers/platform/hash.ts";
import { objectKey, peaksKey } from "../../workers/recordings/keys.ts";
import { inviteHash } from "../../workers/sessions/invite-store.ts";
import { named, sealed, sealedText } from "../../workers/testing/addresses.ts";
import { recordingRow } from "../../workers/testing/rows.ts";
import { db } from "../../workers/testing/tables.ts";

/**
 * The same small world for every promise about who may see or do what: Ada hosts a session, Ben takes part, Olu listens, Pat takes part
 * as well, Fay was there once, Eve never was. Ada has shared one recording and is uploading another.
 */
export const cast = {
  ada: "host",
  ben: "participant",
  olu: "observer",
  pat: "participant",
  fay: null,
  eve: null,
} as const;
export type Person = keyof typeof cast;
export const people = Object.keys(cast) as Person[];

export const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

export interface World {
  nowMs: number;
  sessionId: SessionId;
  recordingId: string;
  uploadingId: string;
  /** Gus is there as a guest, without an account. */
  guest: { memberId: MemberId; token: string };
  inviteId: string;
  inviteCode: string;
  /** Ada's profile, which she has not published. */
  profileId: string;
  /** Ada and Ben have written to each other. */
  conversationId: string;
  /** Ada has blocked Eve, and Ben has reported Ada. */
  blockId: string;
  reportId: string;
  accountId: Record<Person, string>;
  memberId: Record<Person, MemberId>;
  signInId: Record<Person, string>;
  passkeyId: Record<Person, string>;
  token: Record<Person, string>;
}

const each = <Value>(value: (who: Person) => Value) =>
  Object.fromEntries(people.map((who) => [who, value(who)])) as Record<Person, Value>;

/** Builds the world anew, with ids and tokens of its own, so that one test's deletions are nothing to the next. */
export async function newWorld(nowMs: number): Promise<World> {
  const world: World = {
    nowMs,
    sessionId: newId("ses", random) as SessionId,
    recordingId: newId("rec", random),
    uploadingId: newId("rec", random),
    guest: { memberId: newId("mem", random) as MemberId, token: `guest-${newId("tok", random)}` },
    inviteId: newId("inv", random),
    inviteCode: randomBase32(10, random),
    profileId: newId("pro", random),
    conversationId: newId("cnv", random),
    blockId: newId("blk", random),
    reportId: newId("rep", random),
    accountId: each(() => newId("acc", random)),
    memberId: each(() => newId("mem", random) as MemberId),
    signInId: each(() => newId("sin", random)),
    passkeyId: each(() => newId("pky", random)),
    token: each((who) => `token-${who}-${newId("tok", random)}`),
  };
  const uploadId = await storeObjects(world);
  const { ada, ben, eve } = world.accountId;
  const addresses = await Promise.all(
    people.map(
      async (who) =>
        [
          who,
          {
            ...(await sealed(world.accountId[who], `${world.accountId[who]}@example.org`)),
            ...(await named(world.accountId[who], `Shown ${who}`)),
          },
        ] as const,
    ),
  ).then(
    (made) =>
      Object.fromEntries(made) as Record<
        Person,
        Awaited<ReturnType<typeof sealed>> & Awaited<ReturnType<typeof named>>
      >,
  );
  const createdAtMs = nowMs;
  const soundOf = {
    ...recordingRow({
      id: world.recordingId,
      sessionId: world.sessionId,
      accountId: ada,
      memberId: world.memberId.ada,
    }),
    name: await sealedText(ada, "take", "Guitar"),
    startedAtMs: nowMs,
    createdAtMs,
    expiresAtMs: nowMs + 1e9,
  };
  const night = await sealedText(world.sessionId, "session", "Night");
  const says = { daw: null, instruments: [], languages: [], bio: "Plays at night.", rateMinor: null };
  const toldByAda = await sealedText(
    ada,
    "profile",
    JSON.stringify({ ...says, rateCurrency: null, availability: null }),
  );
  const friday = await sealedText(world.conversationId, "message", "Friday?");
  await db.batch([
    db
      .insert(sessions)
      .values({ id: world.sessionId, name: night, recordingPermitted: true, guestsAllowed: true, createdAtMs }),
    db.insert(sessionGuests).values({
      memberId: world.guest.memberId,
      sessionId: world.sessionId,
      tokenHash: await sha256Hex(world.guest.token),
      displayName: await sealedText(world.guest.memberId, "guest", "Shown gus"),
      role: "participant",
      inviteId: world.inviteId,
      joinedAtMs: nowMs,
      expiresAtMs: nowMs + 1e9,
    }),
    db.insert(accounts).values(
      people.map((who) => ({
        id: world.accountId[who],
        ...addresses[who],
        tier: "pro" as const,
        createdAtMs,
      })),
    ),
    db.insert(signIns).values(
      await Promise.all(
        people.map(async (who) => ({
          id: world.signInId[who],
          accountId: world.accountId[who],
          tokenHash: await sha256Hex(world.token[who]),
          label: await sealedText(world.accountId[who], "device", "Firefox on Linux"),
          authenticatedAtMs: nowMs,
          createdAtMs,
          lastUsedAtMs: nowMs,
          rotatedAtMs: nowMs,
          expiresAtMs: nowMs + 1e9,
        })),
      ),
    ),
    db.insert(passkeys).values(
      await Promise.all(
        people.map(async (who) => ({
          id: world.passkeyId[who],
          accountId: world.accountId[who],
          publicKey: "key",
          counter: 0,
          transports: "[]",
          label: await sealedText(world.accountId[who], "device", "Key"),
          createdAtMs,
        })),
      ),
    ),
    db.insert(passwords).values(
      people.map((who) => ({
        accountId: world.accountId[who],
        userIdentifier: "identifier",
        record: "record",
        setupVersion: 1,
        changedAtMs: nowMs,
      })),
    ),
    db.insert(sessionMembers).values(
      people.flatMap((who) => {
        const role: Role | null = cast[who];
        const [accountId, memberId] = [world.accountId[who], world.memberId[who]];
        return role === null ? [] : { sessionId: world.sessionId, accountId, memberId, role, joinedAtMs: nowMs };
      }),
    ),
    db.insert(profiles).values({ id: world.profileId, accountId: ada, words: toldByAda, updatedAtMs: nowMs }),
    db.insert(blocks).values({ id: world.blockId, accountId: ada, blockedAccountId: eve, createdAtMs }),
    db.insert(reports).values({
      id: world.reportId,
      reporterAccountId: ben,
      accountId: ada,
      reason: "spam",
      details: await sealedText(ada, "report", "Writes too much."),
      createdAtMs,
    }),
    db.insert(conversations).values({
      id: world.conversationId,
      firstAccountId: ada < ben ? ada : ben,
      secondAccountId: ada < ben ? ben : ada,
      createdAtMs,
      lastMessageAtMs: nowMs,
    }),
    db.insert(conversationSides).values(
      [ada, ben].map((accountId) => ({
        accountId,
        conversationId: world.conversationId,
        unread: 0,
        sinceMs: nowMs,
        lastMessageAtMs: nowMs,
      })),
    ),
    db.insert(messages).values(
      [ada, ben].map((author) => ({
        id: newId("msg", random),
        conversationId: world.conversationId,
        authorAccountId: author,
        readerAccountId: author === ada ? ben : ada,
        text: friday,
        createdAtMs,
      })),
    ),
    db.insert(recordings).values([
      {
        ...soundOf,
        takeId: crypto.randomUUID(),
        sizeBytes: SOUND.length,
        frames: 1,
        sha256: "0".repeat(64),
        place: JSON.stringify({ clock: [], transportAtStart: initialTransport, transportAtEnd: initialTransport }),
        peaksBytes: 2,
        completedAtMs: nowMs,
      },
      { ...soundOf, id: world.uploadingId, takeId: crypto.randomUUID(), state: "uploading" as const, uploadId },
    ]),
    db.insert(recordingConsents).values({
      accountId: ada,
      sessionId: world.sessionId,
      wording: "Shared.",
      givenAtMs: nowMs,
    }),
    db.insert(invites).values({
      id: world.inviteId,
      sessionId: world.sessionId,
      codeHash: await inviteHash(env, world.inviteCode),
      role: "participant",
      usesLeft: 5,
      createdAtMs,
      expiresAtMs: nowMs + 1e9,
    }),
  ]);
  return world;
}

const SOUND = new Uint8Array(1_000).fill(7);

/** The finished recording with its waveform, and an upload that has begun: its R2 id. */
async function storeObjects({ sessionId, recordingId, uploadingId }: World): Promise<string> {
  await env.RECORDINGS.put(objectKey(sessionId, recordingId), SOUND);
  await env.RECORDINGS.put(peaksKey(sessionId, recordingId), new Uint8Array([0xf0, 0x10]));
  return (await env.RECORDINGS.createMultipartUpload(objectKey(sessionId, uploadingId))).uploadId;
}

/** One request as somebody, or as nobody. Limits are not what is asked about here, so each comes from an address of its own. */
export async function askAs(
  app: ReturnType<typeof createApp>,
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await app.request(
    `https://sessionlinked.test${path}`,
    {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        "CF-Connecting-IP": `10.${[...random(3)].join(".")}`,
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    },
    env,
  );
}
