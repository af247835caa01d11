import { TIMELINE_MAX_FRAMES, TIMELINE_RATE_HZ, TRANSPORT_LEAD_MAX_MS, TRANSPORT_LEAD_MIN_MS } from "./limits.ts";
import type { LoggedEvent, TransportCommand, TransportState } from "./room.ts";

/**
 * The session's one transport as a pure state machine (docs/PROTOCOL.md, "Transport"). The room and every companion run this same
 * code over the same log, so they are in the same state without being told it.
 */
const FRAMES_PER_MS = TIMELINE_RATE_HZ / 1000;
const DEFAULT_BPM = 120;

/** A command together with the instant, in session time, at which everybody carries it out. */
export interface TransportEvent {
  transport: TransportCommand;
  effectiveAtMs: number;
}

/** Before the first command: stopped at the session's origin. */
export const initialTransport: TransportState = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: DEFAULT_BPM };

/** Where the playhead is at `atMs` in session time: a whole number of frames, never past the timeline's end. */
export function positionAt(state: TransportState, atMs: number): number {
  if (state.motion === "stopped") return state.positionFrames;
  const rolledFrames = Math.round(Math.max(0, atMs - state.atMs) * FRAMES_PER_MS);
  return Math.min(TIMELINE_MAX_FRAMES, state.positionFrames + rolledFrames);
}

/** The state after a command. Events are applied in the order of their numbers; their effective times never go backwards. */
export function applyTransport(state: TransportState, { transport, effectiveAtMs }: TransportEvent): TransportState {
  const positionFrames = positionAt(state, effectiveAtMs);
  const moved = (motion: TransportState["motion"], to = positionFrames): TransportState => ({
    motion,
    positionFrames: to,
    atMs: effectiveAtMs,
    bpm: state.bpm,
  });
  switch (transport.command) {
    case "play":
      // While recording this is the punch-out: the playhead rolls on, the take ends.
      return state.motion === "playing" ? state : moved("playing");
    case "record":
      return state.motion === "recording" ? state : moved("recording");
    case "stop":
      return state.motion === "stopped" ? state : moved("stopped");
    case "locate":
      // A take is one unbroken stretch of the timeline: jumping ends it. Playing goes on from the new place.
      return moved(state.motion === "recording" ? "playing" : state.motion, transport.positionFrames);
    case "tempo":
      // Positions are frames, so a tempo moves nothing; it is what bars, beats and MIDI clock are counted with.
      return { ...state, bpm: transport.bpm };
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
 * @param farthestMs The largest one-way delay that a connected member reports, with its error bound; 0 if none does.
 * @param previousMs The effective time of the transport event before; 0 if there is none.
 */
export function effectiveAt(atMs: number, farthestMs: number, previousMs: number): number {
  const leadMs = Math.min(TRANSPORT_LEAD_MAX_MS, TRANSPORT_LEAD_MIN_MS + Math.ceil(farthestMs));
  return Math.max(atMs + leadMs, previousMs);
}
