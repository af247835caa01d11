import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { GuestSeat } from "../../protocol/guests.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { initialTransport } from "../../protocol/transport.ts";
import type { Platform } from "../platform.ts";
import { seedAccount } from "../seed.ts";
import { addressesOfOne } from "./addresses.ts";
import { decideNothing, operatorAt } from "./operator.ts";
import type { Visitor } from "./shot.ts";
import { shareStem } from "./stems.ts";

const RATE_HZ = 48_000;
const DAY_MS = 86_400_000;

export interface World {
  tokens: Record<Visitor, string | null>;
  /** Ada hosts, Ben plays, Cleo listens; with takes, one of them still on its way. */
  sessionId: SessionId;
  inviteCode: string;
  profileId: string;
  /** Another session of Ada's, in which Pia is a guest, and the invite that lets more in. */
  guests: { sessionId: string; memberId: string; code: string };
  /** One address for every page that is about one thing. */
  one: Awaited<ReturnType<typeof addressesOfOne>>;
}

/** What a part sounds like: hits on a grid, each with a decay of its own, so that the waveforms look played. */
const played =
  (gridFrames: number, decayFrames: number, level: number) =>
  (frame: number): readonly number[] => {
    const hit = Math.floor(frame / gridFrames);
    const strength = 0.45 + 0.55 * (((hit * 7_919) % 13) / 13);
    const at = frame % gridFrames;
    return [level * strength * Math.exp(-at / decayFrames) * Math.sin(frame / 9)];
  };

const musicians = [
  [
    "Mira Sørensen",
    ["Violin", "Viola"],
    "Strings for songs: I record a section of eight by myself.",
    "Logic Pro",
    6_500,
  ],
  ["Kofi Mensah", ["Drums", "Percussion"], "Late nights, dry room, four microphones.", "Reaper", 4_000],
  ["Γιώργος Παπαδόπουλος", ["Oud"], "Taqsim and pop.", null, null],
  ["יעל כהן", ["Voice"], "שרה בעברית, באנגלית ובגרמנית", "Ableton Live", 5_500],
  ["Maximiliane von Hohenstein-Wackernagel", ["Mixing", "Mastering", "Production", "Arranging"], null, "Cubase", 9_000],
  ["Tom", ["Bass"], null, null, null],
  [
    "Ngozi Adeyemi",
    ["Saxophone", "Flute", "Clarinet"],
    "Horn lines written and played, one take or forty.",
    "Pro Tools",
    7_000,
  ],
] as const;

/** A small world in which every page has something to show. Everything goes through the API, as people do it. */
export async function fill(platform: Platform): Promise<World> {
  const { db, origin } = platform;
  const person = async (displayName: string, email: string) =>
    (await seedAccount(platform, { displayName, email, tier: "free" })).token;
  const ask = async (token: string, method: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => ({}))) as Record<string, string>;
  };
  for (const [at, [displayName, instruments, bio, daw, amountMinor]] of musicians.entries()) {
    const token = await person(displayName, `musician${at}@example.org`);
    const rate = amountMinor === null ? null : { amountMinor, currency: "EUR" };
    const availability = (["open", "later", "closed"] as const)[at % 3];
    await ask(token, "PUT", "/profile", { daw, instruments, languages: ["en", "de"], bio, rate, availability });
    await ask(token, "PUT", "/profile/publication");
  }
  const ada = await person("Ada Lindqvist", "ada@example.org");
  const one = await addressesOfOne(platform, ada);
  const ben = await person("Ben Okafor", "okafor@example.org");
  const cleo = await person("Cleo Laine", "cleo@example.org");
  const newcomer = await person("Noor Haddad", "noor@example.org");
  await ask(ada, "PUT", "/profile", {
    daw: "Bitwig Studio",
    instruments: ["Electric guitar", "Pedal steel"],
    languages: ["en", "sv"],
    bio: "Slow songs, long notes.\nI answer in the evening.",
    rate: { amountMinor: 4_500, currency: "EUR" },
    availability: "open",
  });
  await ask(ada, "PUT", "/profile/publication");

  const host = new ApiClient(origin, ada);
  const guest = new ApiClient(origin, ben);
  const { sessionId } = await host.createSession("Night bus, second verse");
  await ask(ada, "PATCH", `/sessions/${sessionId}`, { settings: { recordingPermitted: true } });
  await guest.acceptInvite((await host.createInvite(sessionId)).code);
  const { code } = await ask(ada, "POST", `/sessions/${sessionId}/invites`, { role: "observer" });
  await ask(cleo, "POST", "/invites/accept", { code });
  await ask(ada, "PUT", `/sessions/${sessionId}/evening`, {
    startsAt: `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)}T20:00`,
    timeZone: "Europe/Berlin",
    minutes: 120,
    repeats: "weekly",
  });
  const rolls = { ...initialTransport, motion: "recording" } as const;
  const share = async (api: ApiClient, name: string, bar: number, seconds: number, takeId: string, agoMs: number) => {
    const timelineFrames = bar * 2 * RATE_HZ;
    await shareStem(api, sessionId, {
      name,
      takeId,
      timelineFrames,
      frames: seconds * RATE_HZ,
      startedAtMs: Date.now() - agoMs,
      sound: played(RATE_HZ / (name === "Drums" ? 4 : 1), name === "Drums" ? 2_500 : 14_000, 0.8),
      transportAtStart: { ...rolls, positionFrames: timelineFrames },
    });
  };
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  await share(host, "Guitar", 0, 24, first, 3_000_000);
  await share(guest, "Drums", 0, 24, first, 3_000_000);
  await share(guest, "Drums", 8, 16, second, 600_000);
  await share(host, "Pedal steel", 9, 12, second, 600_000);
  // What is left of each is another colour: six days, two, and hours.
  await db
    .prepare("UPDATE recordings SET expires_at_ms = ?1 WHERE session_id = ?2 AND take_id = ?3 AND name = 'Guitar'")
    .bind(Date.now() + 2 * DAY_MS, sessionId, first)
    .run();
  await db
    .prepare("UPDATE recordings SET expires_at_ms = ?1 WHERE session_id = ?2 AND take_id = ?3 AND name = 'Drums'")
    .bind(Date.now() + 5 * 3_600_000, sessionId, first)
    .run();
  await shareStem(host, sessionId, {
    name: "Vocals",
    takeId: second,
    timelineFrames: 18 * RATE_HZ,
    frames: 48 * RATE_HZ,
    startedAtMs: Date.now() - 600_000,
    sound: played(RATE_HZ, 9_000, 0.5),
    partsOnly: 1,
  });
  const open = await host.createInvite(sessionId);
  await ask(ada, "POST", "/account/exports");
  await ask(ada, "POST", "/account/requests", {
    kind: "collaborator-copy",
    details: "Somebody from an old session still has my first takes, and does not answer.",
  });
  const profileId = one["/hub/:profileId"].path.split("/").at(-1) ?? "";
  const operator = await operatorAt(platform, { sessionId, profileId, email: "okafor@example.org" });
  const drums = (await host.listRecordings(sessionId)).find(({ name }) => name === "Drums");
  await ask(ada, "POST", `/recordings/${drums?.recordingId}/reports`, {
    reason: "other",
    details: "The loop under the drums is from a record of mine.",
  });
  await decideNothing(platform, operator, "ada@example.org");
  const late = await host.createSession("Midnight, unplugged");
  await ask(ada, "PATCH", `/sessions/${late.sessionId}`, { guestsAllowed: true });
  const link = await ask(ada, "POST", `/sessions/${late.sessionId}/invites`, { uses: 8, label: "The trio" });
  const came = await fetch(`${origin}/api/v1/guests`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: link.code, displayName: "Pia Moreau", isSixteen: true }),
  });
  const { memberId } = GuestSeat.parse(await came.json());
  const pia = /^[^=]+=([^;]+)/.exec(came.headers.get("Set-Cookie") ?? "")?.[1] ?? "";
  return {
    tokens: { nobody: null, ada, ben, cleo, new: newcomer, guest: pia, operator },
    guests: { sessionId: late.sessionId, memberId, code: link.code ?? "" },
    sessionId,
    inviteCode: open.code,
    profileId,
    one,
  };
}
