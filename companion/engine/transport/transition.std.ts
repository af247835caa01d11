import type { TransportState } from "../../../protocol/room.ts";
import { positionAt } from "../../../protocol/transport.ts";
import type { Cue, DawMessage } from "../midi/driver.std.ts";

export interface PlannedMessage {
  /** Session time at which it is to reach the DAW. */
  atMs: number;
  message: DawMessage;
  /** What the DAW does after it. */
  leadsTo: TransportState;
}

const FRAMES_PER_MS = 48;
/** A rolling DAW that is nearer than this to its place is left alone: a jump would be heard, and it is put right at the next stop. */
export const ON_LINE_FRAMES = 48 * 10;

/**
 * The step from what a DAW does to what it is to do, as messages with their instants. Made of two states and never of a command, so it
 * does not matter what was missed: whoever is late gets one locate to where the playhead will be by then, and one play.
 *
 * @param before What the DAW does until then.
 * @param after The session's state from `atMs` on.
 * @param nowMs Nothing can be sent before this.
 */
export function transition(
  before: TransportState,
  after: TransportState,
  atMs: number,
  nowMs: number,
  cue: Cue,
): PlannedMessage[] {
  const planned: PlannedMessage[] = [];
  let state = before;
  const send = (message: DawMessage, sendAtMs: number) => {
    state = afterMessage(state, message, sendAtMs, cue);
    planned.push({ atMs: sendAtMs, message, leadsTo: state });
  };
  const { restMs = 0 } = cue;
  const placeFrom = cue.placeFrom ?? ((positionFrames: number) => positionFrames);
  // After a count-in the playhead rolls later than its command.
  const dueMs = Math.max(atMs, nowMs, after.motion === "stopped" ? atMs : after.atMs);
  // Where it stands it may have been stopped a moment ago.
  const restedMs = (before.motion === "stopped" ? before.atMs : dueMs) + restMs;
  move();
  if (after.bpm !== before.bpm) send({ type: "tempo", bpm: after.bpm }, Math.max(dueMs, planned.at(-1)?.atMs ?? dueMs));
  return planned;

  function move(): void {
    if (after.motion === "stopped") {
      if (before.motion === "recording") send({ type: "punch-out" }, dueMs);
      if (before.motion !== "stopped") send({ type: "stop" }, dueMs);
      // Where a DAW comes to rest is its own affair; where the session rests is not.
      const restFrames = placeFrom(after.positionFrames);
      if (before.motion !== "stopped" || before.positionFrames !== restFrames)
        send({ type: "locate", positionFrames: restFrames }, Math.max(dueMs, restedMs));
      return;
    }
    if (before.motion === "stopped") {
      const hereFrames = positionAt(after, dueMs);
      if (before.positionFrames === placeFrom(hereFrames)) {
        roll(dueMs + (before.positionFrames - hereFrames) / FRAMES_PER_MS);
        return;
      }
      const readyMs = Math.max(dueMs, Math.max(nowMs, restedMs) + cue.locateMs);
      rollFrom(readyMs - cue.locateMs, readyMs);
      return;
    }
    // Compared when both roll: one that has yet to begin stands still until then.
    const bothRollMs = Math.max(dueMs, before.atMs);
    if (Math.abs(positionAt(before, bothRollMs) - positionAt(after, bothRollMs)) <= ON_LINE_FRAMES) {
      if (before.motion === "recording" && after.motion === "playing") send({ type: "punch-out" }, dueMs);
      if (before.motion === "playing" && after.motion === "recording") send({ type: "record" }, dueMs);
      return;
    }
    if (before.motion === "recording") send({ type: "punch-out" }, dueMs);
    if (cue.rollsThroughLocate) {
      send({ type: "locate", positionFrames: positionAt(after, dueMs) }, dueMs);
      if (after.motion === "recording") send({ type: "record" }, dueMs);
      return;
    }
    rollFrom(dueMs, dueMs + cue.locateMs);
  }

  /** Puts it where the session comes by once it is ready, and lets it roll then. */
  function rollFrom(locateAtMs: number, readyMs: number): void {
    const hereFrames = positionAt(after, readyMs);
    const positionFrames = placeFrom(hereFrames);
    send({ type: "locate", positionFrames }, locateAtMs);
    roll(readyMs + (positionFrames - hereFrames) / FRAMES_PER_MS);
  }

  function roll(rollAtMs: number): void {
    send({ type: after.motion === "recording" ? "record" : "play" }, rollAtMs);
  }
}

/** What a DAW does after a message: the transition's own model of it, kept true by what the DAW itself reports. */
export function afterMessage(state: TransportState, message: DawMessage, atMs: number, cue: Cue): TransportState {
  const positionFrames = positionAt(state, atMs);
  switch (message.type) {
    case "play":
      return state.motion === "stopped" ? { ...state, motion: "playing", positionFrames, atMs } : state;
    case "stop":
      return { ...state, motion: "stopped", positionFrames, atMs };
    case "record":
      return { ...state, motion: "recording", positionFrames, atMs };
    case "punch-out":
      return state.motion === "recording" ? { ...state, motion: "playing", positionFrames, atMs } : state;
    case "locate": {
      const motion = state.motion === "stopped" || !cue.rollsThroughLocate ? "stopped" : "playing";
      return { ...state, motion, positionFrames: message.positionFrames, atMs };
    }
    case "tempo":
      return { ...state, bpm: message.bpm };
  }
}
