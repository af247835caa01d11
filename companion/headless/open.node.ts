/** Opens a studio from what was written on a command line. */
import { mkdirSync } from "node:fs";
import { layoutOf } from "../../audio/lane-layout.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { StemFormat } from "../../protocol/recordings.ts";
import type { ApiClient } from "../engine/api/api-client.std.ts";
import { readInputs, readLane } from "../engine/recording/input-list.std.ts";
import type { Input } from "../engine/recording/take-recorder.std.ts";
import type { SoundSource } from "../engine/sound/sound-messages.std.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import { openStudio } from "../engine/studio/open-studio.node.ts";
import { readCalibrations } from "./calibrations.node.ts";
import { openDaws, openNotes } from "./daws.node.ts";

export interface Wanted {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  folder: string;
  /** `jack`, `jack:unconnected`, or a WAV file that stands for the sound card. */
  input: string;
  /** `Guitar:1,Keys:3+4,Drums:5-12`: names, each with inputs of the device, counted from 1. */
  inputs: string;
  /** `3+4`, `1-8`, `1L30,2R30`: what goes out to the others; "" is all that is named. */
  lane: string;
  /** Inputs that the person arms from the start, by name, with commas; `*` is all. */
  arm: string;
  encoding: string;
  daws: readonly string[];
  /** A port of MIDI, as `jack:SessionLinked notes`, `midi:Keys` or `virtual:SessionLinked notes`; "" is none. */
  notes: string;
  /** `false` for who hears the others by other means: the transports are one, without lanes. */
  links?: boolean;
  inputSinceMs?: number | null;
  traces?: boolean;
  emit(event: StudioEvent): void;
  ended(): void;
}

/** What is played on, as `--input` says it. */
export function readSource(text: string): SoundSource {
  if (text === "jack") return { kind: "jack", connect: true };
  if (text === "jack:unconnected") return { kind: "jack", connect: false };
  return { kind: "file", path: text };
}

function readArmed(text: string, inputs: readonly Input[]): string[] {
  if (text === "*") return inputs.map(({ name }) => name);
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Rejects with a sentence for the person. */
export async function openWanted(wanted: Wanted) {
  const encoding = StemFormat.shape.encoding.safeParse(wanted.encoding);
  if (!encoding.success) throw new Error(`"${wanted.encoding}" is no encoding: pcm24 or float32.`);
  const inputs = readInputs(wanted.inputs);
  mkdirSync(wanted.folder, { recursive: true });
  return openStudio({
    api: wanted.api,
    sessionId: wanted.sessionId,
    sessionName: wanted.sessionName,
    source: readSource(wanted.input),
    inputSinceMs: wanted.inputSinceMs ?? null,
    traces: wanted.traces ?? false,
    inputs,
    lane: wanted.lane === "" ? layoutOf(inputs) : readLane(wanted.lane),
    armed: readArmed(wanted.arm, inputs),
    encoding: encoding.data,
    folder: wanted.folder,
    links: wanted.links ?? true,
    notes: wanted.notes === "" ? null : await openNotes(wanted.notes),
    daws: await openDaws(
      wanted.folder,
      wanted.daws,
      (message) => wanted.emit({ type: "notice", message }),
      readCalibrations(),
    ),
    emit: wanted.emit,
    ended: wanted.ended,
  });
}
