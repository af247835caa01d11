/**
 * Controls of the view by a controller's pads, knobs and pedals: which message stands for which control, as a person has shown it. Learned on
 * this device alone.
 */
import * as z from "zod";
import { LEARNED_CONTROLS_MAX } from "../../protocol/limits.ts";
import { readShelf, type Shelf, writeShelf } from "./settings.std.ts";

/** A message by kind, channel and number, as in "note 1.36" and "cc 1.64". */
export const Learned = z
  .array(
    z.object({
      message: z.string().regex(/^(note|cc) \d{1,2}\.\d{1,3}$/),
      /** What a control is called, where that is the same in each of its states. */
      control: z.string().min(1).max(200),
      name: z.string().min(1).max(200),
    }),
  )
  .max(LEARNED_CONTROLS_MAX);
export type Learned = z.infer<typeof Learned>;

export interface Told {
  message: string;
  /** From 0 to 1. */
  value: number;
}

/** What a controller says with a note or a control change (MIDI 1.0, table II); `null`: something else, or channel mode. */
export function readMidi(data: Uint8Array): Told | null {
  const [status = 0, number = 0, value = 0] = data;
  const channel = (status & 0x0f) + 1;
  switch (data.length === 3 ? status & 0xf0 : 0) {
    case 0x80:
      return { message: `note ${channel}.${number}`, value: 0 };
    case 0x90:
      return { message: `note ${channel}.${number}`, value: value / 127 };
    case 0xb0:
      return number >= 120 ? null : { message: `cc ${channel}.${number}`, value: value / 127 };
    default:
      return null;
  }
}

/** A pad is pressed however softly; a pedal or a knob where it passes the middle. */
const pressedFrom = (message: string) => (message.startsWith("note") ? Number.EPSILON : 0.5);

/** Tells a press from a pad that is held, and from a knob that is moved on. */
export class Presses {
  readonly #values = new Map<string, number>();

  take({ message, value }: Told): boolean {
    const before = this.#values.get(message) ?? 0;
    // As many messages as there are: two kinds of 128 on 16 channels.
    this.#values.set(message, value);
    const from = pressedFrom(message);
    return before < from && value >= from;
  }
}

/** Where a knob puts a number that has bounds: on one of its steps, as a field writes it (HTML, "value sanitization" of a number). */
export function numberAt(value: number, { min, max, step }: { min: number; max: number; step: number }): string {
  const steps = Math.round((value * (max - min)) / step);
  const decimals = /\.(\d+)$/.exec(String(step))?.[1]?.length ?? 0;
  return String(Number(Math.min(max, min + steps * step).toFixed(decimals)));
}

/** With this message for that control. A message stands for one control; a control may have several. The one learned first goes where there are too many. */
export function withLearned(learned: Learned, { message }: Told, control: string, name: string): Learned {
  return [...learned.filter((one) => one.message !== message), { message, control, name }].slice(-LEARNED_CONTROLS_MAX);
}

const SHELF_KEY = "view midi";
export const readLearned = (shelf: Shelf): Learned => readShelf(shelf, SHELF_KEY, Learned) ?? [];
export const keepLearned = (shelf: Shelf, learned: Learned): void => writeShelf(shelf, SHELF_KEY, learned);
