import { PublicProfile } from "../../protocol/hub.ts";
import { Conversation, ConversationMessage } from "../../protocol/messages.ts";
import type { PlannedEvening } from "./sessions/evening.tsx";
import type { InviteList } from "./sessions/invites.tsx";
import type { StemView } from "./takes/stem.tsx";

const RATE_HZ = 48_000;
const DAY_MS = 86_400_000;

/** Peaks of a part with a hit each half second: lowest and highest of each step, as they are stored. */
const peaks = Int8Array.from({ length: 800 }, (_, at) => {
  const height = Math.round(110 * Math.exp(-((at >> 1) % 40) / 14));
  return at % 2 === 0 ? -height : height;
});

/** What the parts of the system are shown with: people, takes and invites that were never in a database. */
export function design(nowMs: number) {
  const sessionId = `ses_${"0".repeat(26)}`;
  const profile = PublicProfile.parse({
    profileId: `pro_${"0".repeat(26)}`,
    displayName: "Ada Lindqvist",
    daw: "Bitwig Studio",
    instruments: ["Electric guitar", "Pedal steel"],
    languages: ["en", "sv"],
    rate: { amountMinor: 4_500, currency: "EUR" },
    bio: "Slow songs, long notes.",
    availability: "open",
    hasSample: false,
    accent: 1,
  });
  const stem = (at: number, name: string, more: Partial<StemView>): StemView => ({
    recordingId: `rec_${String(at).padStart(26, "0")}`,
    sessionId,
    takeId: at < 3 ? "one" : "two",
    memberId: `mem_${at}`,
    name,
    who: "Ada Lindqvist",
    accent: 1,
    isOwn: true,
    mayDelete: true,
    format: { sampleRateHz: RATE_HZ, channels: 1, encoding: "pcm24" },
    timelineFrames: at * 2 * RATE_HZ,
    preRollFrames: 0,
    frames: 16 * RATE_HZ,
    sizeBytes: 2_300_000,
    bpm: 120,
    startedAtMs: nowMs - at * 600_000,
    state: "complete",
    completedAtMs: nowMs - at * 600_000,
    expiresAtMs: nowMs + 6 * DAY_MS,
    hasPeaks: true,
    peaks,
    arrived: null,
    ...more,
  });
  const arriving = { state: "uploading", frames: null, sizeBytes: null, peaks: null, hasPeaks: false } as const;
  const stems = [
    stem(0, "Guitar", {}),
    stem(1, "Drums", { who: "Ben Okafor", accent: 2, isOwn: false, expiresAtMs: nowMs + 2 * DAY_MS }),
    stem(2, "Keys", { who: "Cleo Laine", accent: 4, isOwn: false, expiresAtMs: nowMs + 5 * 3_600_000 }),
    stem(3, "Vocals", { ...arriving, arrived: { parts: 2, bytes: 10_400_000, lastAtMs: nowMs } }),
    stem(4, "Bass", { ...arriving, arrived: { parts: 1, bytes: 5_200_000, lastAtMs: nowMs - 1_800_000 } }),
    stem(5, "Tambourine", { who: "somebody who has left", accent: null, isOwn: false, expiresAtMs: null }),
  ];
  const invite = { role: "participant", usesLeft: 1, expiresAtMs: nowMs + 5 * DAY_MS } as const;
  const invites: InviteList = {
    items: [
      { ...invite, inviteId: "inv_1", label: "Ben, bass" },
      { ...invite, inviteId: "inv_2", label: "", role: "observer", usesLeft: 4 },
      { ...invite, inviteId: "inv_3", label: "Cleo", usesLeft: 0 },
    ],
    nextCursor: null,
  };
  const conversation = Conversation.parse({
    conversationId: `cnv_${"0".repeat(26)}`,
    displayName: "Ben Okafor",
    accent: 2,
    profileId: profile.profileId,
    unread: 2,
    lastMessageAtMs: nowMs - 60_000,
    lastText: "After nine. Which key?",
    isBlocked: false,
  });
  const message = (at: number, isOwn: boolean, text: string) =>
    ConversationMessage.parse({
      messageId: `msg_${String(at).padStart(26, "0")}`,
      isOwn,
      text,
      createdAtMs: nowMs - at * 60_000,
    });
  const messages = [message(1, false, "After nine. Which key?"), message(9, true, "Brushes on Friday?\nA slow waltz.")];
  const evening: PlannedEvening = {
    startsAt: "2026-12-03T20:00",
    timeZone: "Europe/Berlin",
    minutes: 120,
    repeats: "weekly",
    nextAtMs: nowMs + 3 * DAY_MS,
  };
  return { sessionId, profile, stems, invites, conversation, messages, evening };
}
