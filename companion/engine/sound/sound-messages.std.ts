import * as z from "zod";
import { DELAY_MODES } from "../../../audio/delay-mode.ts";
import type { LaneLayout } from "../../../audio/lane-layout.ts";
import type { LaneMix } from "../../../audio/lane-mixer.ts";
import { DEVICE_RATES_HZ } from "../../../audio/lane-players.ts";
import type { LatencyLegs } from "../../../audio/latency.ts";
import type { BufferChoice, LaneStats } from "../../../audio/playout.ts";
import { UPLINK_LEVELS } from "../../../audio/uplink-budget.ts";
import { MemberId } from "../../../protocol/ids.ts";
import { DELAY_HOLD_MAX_MS, DEVICE_INPUTS_MAX, LANE_CHANNELS_MAX } from "../../../protocol/limits.ts";
import { Role } from "../../../protocol/roles.ts";
import { AnnouncedCommand, Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { NotesFlow } from "../links/link-set.std.ts";
import type { WordsState } from "../links/room-words.std.ts";

/** What the studio and its sound process say to each other, over the channel between the two processes. */
const IceServers = z.array(
  z.object({
    urls: z.union([z.string(), z.array(z.string())]),
    username: z.string().optional(),
    credential: z.string().optional(),
  }),
);

const Legs = z.object({
  captureMs: z.number(),
  networkMs: z.number(),
  bufferMs: z.number(),
  playoutMs: z.number(),
}) satisfies z.ZodType<LatencyLegs>;

/** What a lane's player counts, as `audio/playout.ts` says it. */
const Lane = z.object({
  packets: z.int(),
  lostPackets: z.int(),
  playedFrames: z.int(),
  concealedFrames: z.int(),
  depthFrames: z.int(),
  rescuedPackets: z.int(),
  refusedPackets: z.int(),
  narrowPackets: z.int(),
  targetMs: z.number(),
  skewPpm: z.number(),
}) satisfies z.ZodType<LaneStats>;

export const LinksReport = z.object({
  lane: Lane,
  roundTripMs: z.number().nullable(),
  relayed: z.boolean().nullable(),
});

export const NotesReport = z.object({
  sent: z.int(),
  heard: z.int(),
  late: z.int(),
  refused: z.int(),
}) satisfies z.ZodType<NotesFlow>;

export const LaneMixSetting = z.object({
  gainDb: z.number().min(-60).max(12),
  pan: z.number().min(-1).max(1),
  isMuted: z.boolean(),
  isSolo: z.boolean(),
}) satisfies z.ZodType<LaneMix>;

export const BufferSetting = z.enum(["tight", "balanced", "safe"]) satisfies z.ZodType<BufferChoice>;

export const DelaySetting = z.enum(DELAY_MODES);

export const SoundSource = z.discriminatedUnion("kind", [
  /** A WAV file that stands for the sound card, again and again; nothing is heard of the others but by measuring. */
  z.object({ kind: z.literal("file"), path: z.string() }),
  /** JACK, or PipeWire by its name. `connect`: the machine's own inputs and loudspeakers are connected by themselves. */
  z.object({ kind: z.literal("jack"), connect: z.boolean() }),
]);
export type SoundSource = z.infer<typeof SoundSource>;

/** What goes out of them, as `audio/lane-layout.ts` says it. */
const Layout = z.object({
  inputs: z
    .array(
      z
        .int()
        .min(0)
        .max(DEVICE_INPUTS_MAX - 1),
    )
    .min(1)
    .max(LANE_CHANNELS_MAX)
    .readonly(),
  pans: z.array(z.number().min(-1).max(1)).max(LANE_CHANNELS_MAX).readonly(),
}) satisfies z.ZodType<LaneLayout>;

export const ToSound = z.discriminatedUnion("type", [
  /**
   * `openedAtMs`: when the device's frame 0 was, if it has been open before; its count goes on. `traces`: what is heard is kept, for whoever
   * measures it.
   */
  z.object({
    type: z.literal("open"),
    source: SoundSource,
    /** How many of the device's inputs are recorded or sent. */
    inputs: z.int().min(1).max(DEVICE_INPUTS_MAX),
    lane: Layout,
    openedAtMs: z.number().nullable(),
    traces: z.boolean(),
  }),
  z.object({ type: z.literal("ice-servers"), iceServers: IceServers }),
  z.object({
    type: z.literal("members"),
    memberId: MemberId,
    /** Whether this companion's own role lets it send. */
    maySend: z.boolean(),
    /** Whether it only listens, whatever it might send. */
    isObserver: z.boolean(),
    /** `displayName`: of the ports at which somebody can be recorded; `isDirect`: they and this person have both chosen the direct path. */
    members: z.array(
      z.object({
        memberId: MemberId,
        connected: z.boolean(),
        role: Role,
        phoneOf: MemberId.optional(),
        displayName: z.string(),
        isDirect: z.boolean(),
        /** They only listen to the session's broadcast. */
        isListener: z.literal(true).optional(),
      }),
    ),
  }),
  z.object({ type: z.literal("signal"), from: MemberId, signal: Signal }),
  /** The room is there again: what was signalled while it was not is lost. */
  z.object({ type: z.literal("again") }),
  /** Session time from the room alone, as a line over the machine's clock. */
  z.object({
    type: z.literal("clock"),
    localMs: z.number(),
    offsetMs: z.number(),
    driftPpm: z.number(),
    errorMs: z.number(),
  }),
  /** How loud somebody is in this person's own mix, and how much delay they trade for fewer gaps. */
  z.object({ type: z.literal("mix"), memberId: MemberId, mix: LaneMixSetting }),
  z.object({ type: z.literal("buffer"), buffer: BufferSetting }),
  /** By how much each of the others, and this person in their own ears, is held back beside what the way takes. */
  z.object({
    type: z.literal("hold"),
    holds: z.array(z.object({ memberId: MemberId, holdMs: z.number().min(0).max(DELAY_HOLD_MAX_MS) })),
    monitorMs: z.number().min(0).max(DELAY_HOLD_MAX_MS).nullable(),
  }),
  /** What is pressed here, for everybody at once. */
  z.object({ type: z.literal("announce"), command: AnnouncedCommand }),
  /** A message to somebody beside the lane. */
  z.object({ type: z.literal("message"), to: MemberId, bytes: z.instanceof(Uint8Array) }),
  /** Something was played on a MIDI instrument here, at this instant of the machine's clock. */
  z.object({ type: z.literal("note"), bytes: z.instanceof(Uint8Array), atMs: z.number() }),
  /** Whose lanes are kept from now on: all others are not, and the last of theirs is told at once. */
  z.object({ type: z.literal("keep"), memberIds: z.array(MemberId) }),
  z.object({ type: z.literal("report") }),
  /** Ends the device and the links; what was heard is kept in this folder for whoever measures it. */
  z.object({ type: z.literal("close"), folder: z.string() }),
]);
export type ToSound = z.infer<typeof ToSound>;

export const Words = z.discriminatedUnion("state", [
  z.object({ state: z.enum(["alone", "agreeing", "broken"]) }),
  z.object({ state: z.literal("agreed"), words: z.array(z.string()) }),
]) satisfies z.ZodType<WordsState>;

export const Uplink = z.enum(UPLINK_LEVELS);

const Reading = z.object({
  sentLocalMs: z.number(),
  receivedLocalMs: z.number(),
  peerMs: z.number(),
  session: z.object({ atMs: z.number(), errorMs: z.number() }).nullable(),
}) satisfies z.ZodType<PeerReading>;

/** A message that one of the others sends beside the lane. */
export const MessageHeard = z.object({
  type: z.literal("message"),
  from: MemberId,
  bytes: z.instanceof(Uint8Array<ArrayBuffer>),
});

/** A stretch of a lane that is kept: interleaved 24-bit samples, and when the first of them was captured. */
export const LaneKept = z.object({
  type: z.literal("kept"),
  memberId: MemberId,
  sessionMs: z.number(),
  stream: z.int(),
  frame: z.int(),
  sampleRateHz: z.number(),
  channels: z.int().min(1).max(LANE_CHANNELS_MAX),
  samples: z.instanceof(Int32Array<ArrayBuffer>),
  missingFrames: z.int(),
  foldedFrames: z.int(),
  isNew: z.boolean(),
});

export const FromSound = z.discriminatedUnion("type", [
  z.object({ type: z.literal("opened"), openedAtMs: z.number(), rateHz: z.literal(DEVICE_RATES_HZ) }),
  /** When the device's frame 0 was, as its own clock has it by now; what it takes itself there and back; and why it is not there, if it is not. */
  z.object({
    type: z.literal("device"),
    openedAtMs: z.number(),
    ownMs: z.number(),
    awayBecause: z.string().nullable(),
  }),
  /** The device cannot be opened, in a sentence for a person. */
  z.object({ type: z.literal("refused"), message: z.string() }),
  z.object({ type: z.literal("signal"), to: MemberId, signal: Signal }),
  z.object({ type: z.literal("link"), memberId: MemberId, state: z.enum(["connecting", "connected", "failed"]) }),
  z.object({ type: z.literal("words"), state: Words }),
  /** What one of the others tells of their clock. */
  z.object({ type: z.literal("reading"), from: MemberId, reading: Reading }),
  z.object({ type: z.literal("announced"), from: MemberId, command: AnnouncedCommand }),
  z.object({ type: z.literal("uplink"), level: Uplink }),
  MessageHeard,
  LaneKept,
  /** How far away each of the others is, by the legs of the way. */
  z.object({
    type: z.literal("latencies"),
    latencies: z.array(z.object({ memberId: MemberId, legs: Legs })),
    levels: z.array(z.object({ memberId: MemberId, peak: z.number(), shortTermLufs: z.number() })),
  }),
  z.object({
    type: z.literal("report"),
    report: LinksReport.nullable(),
    deviceSkips: z.int(),
    scheduling: z.enum(["urgent", "as others"]),
    notes: NotesReport,
  }),
  /** Something that one of the others plays on a MIDI instrument, and when it is to sound. */
  z.object({
    type: z.literal("note"),
    memberId: MemberId,
    bytes: z.instanceof(Uint8Array<ArrayBuffer>),
    atMs: z.number(),
  }),
]);
export type FromSound = z.infer<typeof FromSound>;
