import { assertNever } from "./errors.ts";
import {
  ANNOUNCED_PAST_MAX_MS,
  REST_FRAMES,
  TIMELINE_MAX_FRAMES,
  TIMELINE_RATE_HZ,
  TRANSPORT_LEAD_MAX_MS,
  TRANSPORT_LEAD_MIN_MS,
  TRANSPORT_SINCE_MAX_MS,
} from "./limits.ts";
import { type Announced, isAnnounced, type LoggedEvent, type TransportCommand, type TransportState } from "./room.ts";
import { applyMap, countInMs, type FrameRange, initialMap, type TimelineMap, tempoAt } from "./timeline.ts";

/**
 * The session's one transport as a pure state machine (docs/PROTOCOL.md, "Transport"). The room and every companion run this same
 * code over the same log, so they are in the same state without being told it.
 */
const FRAMES_PER_MS = TIMELINE_RATE_HZ / 1000;

/** A command together with the instant, in session time, at which everybody carries it out. */
export interface TransportEvent {
  transport: TransportCommand;
  effectiveAtMs: number;
}

/** All that transport events move: the playhead, and the map that bars are counted with. */
export interface Timeline {
  transport: TransportState;
  map: TimelineMap;
}

/** Before the first command: stopped at the session's origin. */
export const initialTransport: TransportState = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
export const initialTimeline: Timeline = { transport: initialTransport, map: initialMap };

/** Frames that a playhead would have rolled by `atMs` if there were neither a loop nor an end. */
const rolledBy = ({ atMs: fromMs }: TransportState, atMs: number): number =>
  Math.round(Math.max(0, atMs - fromMs) * FRAMES_PER_MS);

/** The loop that a playhead turns in: one that lies wholly behind it never turns it. */
const loopOf = ({ loop, positionFrames }: TransportState): FrameRange | undefined =>
  loop !== undefined && positionFrames < loop.endFrames ? loop : undefined;

/** Where the playhead is at `atMs` in session time: a whole number of frames, never past the timeline's end. */
export function positionAt(state: TransportState, atMs: number): number {
  if (state.motion === "stopped") return state.positionFrames;
  const rolled = state.positionFrames + rolledBy(state, atMs);
  const loop = loopOf(state);
  if (loop === undefined || rolled < loop.endFrames) return Math.min(TIMELINE_MAX_FRAMES, rolled);
  return loop.startFrames + ((rolled - loop.endFrames) % (loop.endFrames - loop.startFrames));
}

/** The farthest place that the playhead has been at by `atMs`, since the state's own instant. */
export function reachedBy(state: TransportState, atMs: number): number {
  if (state.motion === "stopped") return state.positionFrames;
  const rolled = state.positionFrames + rolledBy(state, atMs);
  return Math.min(rolled, loopOf(state)?.endFrames ?? TIMELINE_MAX_FRAMES);
}

/** How often the playhead has turned in its loop by `atMs`, since the state's own instant. */
export function turnsAt(state: TransportState, atMs: number): number {
  const loop = loopOf(state);
  if (state.motion === "stopped" || loop === undefined) return 0;
  const beyond = state.positionFrames + rolledBy(state, atMs) - loop.endFrames;
  return beyond < 0 ? 0 : 1 + Math.floor(beyond / (loop.endFrames - loop.startFrames));
}

/** When the playhead next turns in its loop, not before `fromMs`; `undefined` where it does not. */
export function nextTurnAt(state: TransportState, fromMs: number): number | undefined {
  const loop = loopOf(state);
  if (state.motion === "stopped" || loop === undefined) return undefined;
  const lengthFrames = loop.endFrames - loop.startFrames;
  const firstFrames = loop.endFrames - state.positionFrames;
  const turns = Math.max(0, Math.ceil(((fromMs - state.atMs) * FRAMES_PER_MS - firstFrames) / lengthFrames));
  return state.atMs + (firstFrames + turns * lengthFrames) / FRAMES_PER_MS;
}

/** Whether takes are being recorded at `atMs`: while recording, after the count-in, and inside the punch range if there is one. */
export function isCapturingAt(state: TransportState, atMs: number): boolean {
  if (state.motion !== "recording" || atMs < state.atMs) return false;
  if (state.punch === undefined) return true;
  const positionFrames = positionAt(state, atMs);
  return positionFrames >= state.punch.startFrames && positionFrames < state.punch.endFrames;
}

/** Playhead and map after a command. Events are applied in the order of their numbers; their effective times never go backwards. */
export function applyTimeline({ transport, map }: Timeline, event: TransportEvent): Timeline {
  const command = event.transport;
  switch (command.command) {
    case "play":
    case "stop":
    case "record":
    case "locate":
    case "loop":
    case "punch":
      return { transport: applyTransport(transport, event, map), map };
    case "tempo":
    case "signature":
    case "map":
    case "marker":
    case "count-in": {
      const isRolling = transport.motion !== "stopped";
      const changed = applyMap(map, command, positionAt(transport, event.effectiveAtMs), isRolling);
      return { transport: applyTransport(transport, event, changed), map: changed };
    }
    default:
      return assertNever(command);
  }
}

/** Where a roll that is stopped here comes to rest: at the last whole frame that it has passed, and never behind where it began. */
function restAt({ positionFrames: begunFrames }: TransportState, here: number): number {
  const restFrames = here - (here % REST_FRAMES);
  return here < begunFrames ? restFrames : Math.max(begunFrames, restFrames);
}

/** The playhead's part of it, by the map as it is after the command. */
function applyTransport(state: TransportState, { transport, effectiveAtMs }: TransportEvent, map: TimelineMap) {
  const isStopped = state.motion === "stopped";
  // A count-in that is under way goes on.
  const rollsAtMs = isStopped ? effectiveAtMs : Math.max(effectiveAtMs, state.atMs);
  const moved = (
    motion: TransportState["motion"],
    atMs = rollsAtMs,
    to = positionAt(state, effectiveAtMs),
  ): TransportState => ({ ...state, motion, positionFrames: to, atMs, bpm: tempoAt(map, to) });
  // The DAW that was pressed is ahead of everybody by the way to the room: the session rolls on its line (P42).
  const placeSince = (since: { positionFrames: number; atMs: number } | undefined): number | undefined => {
    if (since === undefined || Math.abs(effectiveAtMs - since.atMs) > TRANSPORT_SINCE_MAX_MS) return undefined;
    const placeFrames = since.positionFrames + Math.round((effectiveAtMs - since.atMs) * FRAMES_PER_MS);
    return Math.max(0, Math.min(TIMELINE_MAX_FRAMES, placeFrames));
  };
  switch (transport.command) {
    case "play":
      // While recording this is the punch-out: the playhead rolls on, the take ends.
      if (state.motion === "playing") return state;
      return moved("playing", rollsAtMs, isStopped ? placeSince(transport.since) : undefined);
    case "record": {
      if (state.motion === "recording") return state;
      if (!isStopped) return moved("recording");
      const waitMs = countInMs(map, state.positionFrames);
      return moved("recording", effectiveAtMs + waitMs, waitMs > 0 ? undefined : placeSince(transport.since));
    }
    case "stop": {
      if (isStopped) return state;
      const here = positionAt(state, effectiveAtMs);
      const to = transport.positionFrames ?? here;
      const isNear = Math.abs(to - here) <= TRANSPORT_SINCE_MAX_MS * FRAMES_PER_MS;
      return moved("stopped", effectiveAtMs, restAt(state, isNear ? to : here));
    }
    case "locate": {
      // A take is one unbroken stretch of the timeline: jumping ends it. Playing goes on from the new place.
      const motion = state.motion === "recording" ? "playing" : state.motion;
      return moved(motion, rollsAtMs, transport.positionFrames);
    }
    case "loop": {
      const { loop: _, ...rest } = isStopped ? state : moved(state.motion);
      return transport.range === null ? rest : { ...rest, loop: transport.range };
    }
    case "punch": {
      const { punch: _, ...rest } = state;
      return transport.range === null ? rest : { ...rest, punch: transport.range };
    }
    case "tempo":
      // A tempo moves nothing. One that begins at a rolling playhead begins a new stretch of the same roll.
      return isStopped ? { ...state, bpm: tempoAt(map, state.positionFrames) } : moved(state.motion);
    case "map":
      return { ...state, bpm: tempoAt(map, state.positionFrames) };
    case "signature":
    case "marker":
    case "count-in":
      return state;
    default:
      return assertNever(transport);
  }
}

/** The transport's part of a log line, or `undefined` for every other kind. */
export function transportOf(event: LoggedEvent): TransportEvent | undefined {
  if (event.body.kind !== "transport") return undefined;
  return { transport: event.body.transport, effectiveAtMs: event.effectiveAtMs ?? event.atMs };
}

/**
 * When a command that the room numbers at `atMs` takes effect: late enough that the farthest member hears of it first, and never
 * before the command that went ahead of it.
 *
 * @param farthestMs The largest one-way delay to a member who follows the transport; 0 if none is known.
 * @param previousMs The effective time of the transport event before; 0 if there is none.
 */
export function effectiveAt(atMs: number, farthestMs: number, previousMs: number): number {
  const leadMs = Math.min(TRANSPORT_LEAD_MAX_MS, TRANSPORT_LEAD_MIN_MS + Math.ceil(farthestMs));
  return Math.max(atMs + leadMs, previousMs);
}

/**
 * When a command takes effect that was announced over the lanes (P77): as announced, where nothing went ahead of it that whoever pressed had not heard,
 * and it is neither further back than `ANNOUNCED_PAST_MAX_MS` nor later than it would be otherwise. Else `regularMs`, and everybody who went ahead is
 * put right.
 *
 * @param regularMs What `effectiveAt` says.
 */
export function announcedAt(
  announced: Announced | undefined,
  { command }: TransportCommand,
  { atMs, regularMs, previousMs }: { atMs: number; regularMs: number; previousMs: number },
): number {
  if (announced === undefined || !isAnnounced(command) || announced.afterMs !== previousMs) return regularMs;
  const earliestMs = Math.max(previousMs, atMs - ANNOUNCED_PAST_MAX_MS);
  const { effectiveAtMs } = announced;
  return effectiveAtMs >= earliestMs && effectiveAtMs <= regularMs ? effectiveAtMs : regularMs;
}
