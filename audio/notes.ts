/**
 * MIDI notes as a kind of packet (MIDI 1.0 Detailed Specification, channel voice messages): each with the session time at which it was played, so
 * that it sounds elsewhere as it was played and not as the network brings it. The packet's head has the session time that events count from, in
 * milliseconds; the body, all numbers little-endian:
 *
 *     0  u32  number of the next event, modulo 2³²
 *     4  u8   events in this packet: the newest, oldest first
 *     5  u8   notes that sound after them; 255: more than are told
 *     6       events: i32 time since the head's, in units of 10 µs; u8 status, u8 and u8 data (0 where there is no second)
 *             notes that sound: u8 channel, u8 note
 *
 * What is lost rides along in the next packets, and each says what sounds: a note whose end was lost ends with the next packet that comes.
 */
import { TokenBucket } from "./token-bucket.ts";

const HEAD_BYTES = 6;
const EVENT_BYTES = 7;
const NOTE_BYTES = 2;
const TIME_UNITS_PER_MS = 100;
/** An event is repeated this often, and for so long. */
const EVENTS_MAX = 24;
const REPEAT_MS = 1_000;
/** After the newest event packets leave so much later, and as long as something sounds each second. */
const AGAIN_MS: readonly number[] = [0, 5, 10, 20, 40, 100, 300];
const SOUNDING_MS = 1_000;
/** More at once than ten fingers and two feet; beyond it what sounds is not told. */
const SOUNDING_MAX = 64;
const TOO_MANY = 255;
/** Events of one person in a second, and at once: ten thousand bytes a second, three times what a MIDI cable carries. */
const EVENTS_PER_SECOND = 1_000;
const EVENTS_BURST = 200;
/** Of an event that is further from the packet's own time its time is nonsense. */
const APART_MAX_MS = 10_000;

const [NOTE_OFF, NOTE_ON, CONTROLLER, SYSTEM] = [0x80, 0x90, 0xb0, 0xf0];
const [SUSTAIN, SOSTENUTO, ALL_SOUND_OFF, ALL_NOTES_OFF] = [64, 66, 120, 123];
/** A pedal is let go below it. */
const PEDAL_DOWN = 64;

export interface NoteEvent {
  sessionMs: number;
  status: number;
  data1: number;
  data2: number;
}

const keyOf = (status: number, note: number) => ((status & 15) << 7) | note;
const isOn = ({ status, data2 }: NoteEvent) => (status & SYSTEM) === NOTE_ON && data2 > 0;
/** A note-on without velocity ends a note as well. */
const isOff = ({ status, data2 }: NoteEvent) =>
  (status & SYSTEM) === NOTE_OFF || ((status & SYSTEM) === NOTE_ON && data2 === 0);
const isController = ({ status }: NoteEvent) => (status & SYSTEM) === CONTROLLER;
const isPedal = (event: NoteEvent) => isController(event) && (event.data1 === SUSTAIN || event.data1 === SOSTENUTO);

/** Whether a message only ends what sounds, a note or what a pedal holds: whoever is not to be heard may still say it. */
export function isEnd(event: NoteEvent): boolean {
  if (!isController(event)) return isOff(event);
  if (isPedal(event)) return event.data2 < PEDAL_DOWN;
  return event.data1 === ALL_SOUND_OFF || event.data1 === ALL_NOTES_OFF;
}

/** A message of a channel, whole, as an event; `null`: it is of the system, or no message. */
export function readNote(bytes: Uint8Array, sessionMs: number): NoteEvent | null {
  const [status = 0, data1 = 0, data2 = 0] = bytes;
  const isShort = (status & SYSTEM) === 0xc0 || (status & SYSTEM) === 0xd0;
  if (status < NOTE_OFF || status >= SYSTEM || bytes.byteLength !== (isShort ? 2 : 3)) return null;
  return data1 > 127 || data2 > 127 ? null : { sessionMs, status, data1, data2 };
}

export function bytesOfNote({ status, data1, data2 }: NoteEvent): Uint8Array<ArrayBuffer> {
  const isShort = (status & SYSTEM) === 0xc0 || (status & SYSTEM) === 0xd0;
  return isShort ? Uint8Array.of(status, data1) : Uint8Array.of(status, data1, data2);
}

/** What somebody plays, on its way out. */
export class NotesSender {
  #next = 0;
  #events: NoteEvent[] = [];
  readonly #sounding = new Set<number>();
  readonly #bucket = new TokenBucket(EVENTS_PER_SECOND, EVENTS_BURST);
  #newestMs = Number.NEGATIVE_INFINITY;
  #told = AGAIN_MS.length;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** `false`: it is too much at once, and not sent. The end of a note that was sent always is. */
  add(event: NoteEvent, nowMs: number): boolean {
    const key = keyOf(event.status, event.data1);
    if (isOff(event)) {
      if (!this.#sounding.delete(key)) return false;
    } else if (!this.#bucket.take(nowMs)) return false;
    else if (isOn(event)) this.#sounding.add(key);
    this.#events.push(event);
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
    this.#next = (this.#next + 1) >>> 0;
    this.#newestMs = nowMs;
    this.#told = 0;
    return true;
  }

  /** The body of a packet that is due now; `null` where none is. `sessionMs` goes into its head. */
  due(nowMs: number, sessionMs: number): Uint8Array | null {
    const after = AGAIN_MS[this.#told];
    const isDue = after !== undefined && nowMs - this.#newestMs >= after;
    if (!isDue && (this.#sounding.size === 0 || nowMs - this.#toldMs < SOUNDING_MS)) return null;
    if (isDue) this.#told++;
    this.#toldMs = nowMs;
    const fresh = this.#events.filter((event) => Math.abs(sessionMs - event.sessionMs) <= REPEAT_MS);
    return bodyOf(this.#next, fresh, this.#sounding, sessionMs);
  }
}

function bodyOf(next: number, events: readonly NoteEvent[], sounding: ReadonlySet<number>, sessionMs: number) {
  const told = sounding.size > SOUNDING_MAX ? [] : [...sounding];
  const body = new Uint8Array(HEAD_BYTES + events.length * EVENT_BYTES + told.length * NOTE_BYTES);
  const view = new DataView(body.buffer);
  view.setUint32(0, next, true);
  body[4] = events.length;
  body[5] = sounding.size > SOUNDING_MAX ? TOO_MANY : told.length;
  let at = HEAD_BYTES;
  for (const event of events) {
    view.setInt32(at, Math.round((event.sessionMs - sessionMs) * TIME_UNITS_PER_MS), true);
    body.set([event.status, event.data1, event.data2], at + 4);
    at += EVENT_BYTES;
  }
  for (const key of told) {
    body.set([key >> 7, key & 127], at);
    at += NOTE_BYTES;
  }
  return body;
}

interface NotesBody {
  next: number;
  events: NoteEvent[];
  /** `null`: more than are told. */
  sounding: Set<number> | null;
}

/** `null`: whatever these bytes are, they are no notes. */
function readBody(body: Uint8Array, sessionMs: number): NotesBody | null {
  if (body.byteLength < HEAD_BYTES) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [count, told] = [body[4] ?? 0, body[5] === TOO_MANY ? 0 : (body[5] ?? 0)];
  if (count > EVENTS_MAX || told > SOUNDING_MAX) return null;
  if (body.byteLength !== HEAD_BYTES + count * EVENT_BYTES + told * NOTE_BYTES) return null;
  const events: NoteEvent[] = [];
  for (let one = 0; one < count; one++) {
    const at = HEAD_BYTES + one * EVENT_BYTES;
    const afterMs = view.getInt32(at, true) / TIME_UNITS_PER_MS;
    const [status = 0, data1 = 0, data2 = 0] = body.subarray(at + 4, at + EVENT_BYTES);
    if (status < NOTE_OFF || status >= SYSTEM || data1 > 127 || data2 > 127) return null;
    if (Math.abs(afterMs) > APART_MAX_MS) return null;
    events.push({ sessionMs: sessionMs + afterMs, status, data1, data2 });
  }
  const sounding = new Set<number>();
  for (let at = HEAD_BYTES + count * EVENT_BYTES; at < body.byteLength; at += NOTE_BYTES)
    sounding.add(keyOf(body[at] ?? 0, (body[at + 1] ?? 0) & 127));
  return { next: view.getUint32(0, true), events, sounding: body[5] === TOO_MANY ? null : sounding };
}

/** What sounds by the messages that have passed, and the messages that end it. */
export class SoundingNotes {
  readonly #notes = new Set<number>();
  readonly #pedals = new Set<number>();
  readonly #channels = new Set<number>();

  get isEmpty(): boolean {
    return this.#notes.size === 0;
  }

  /** `false`: it ends a note that does not sound. */
  follow(event: NoteEvent): boolean {
    const key = keyOf(event.status, event.data1);
    if (isOff(event)) return this.#notes.delete(key);
    if (isOn(event)) this.#notes.add(key);
    else if (isPedal(event) && !isEnd(event)) this.#pedals.add(key);
    else if (isPedal(event)) this.#pedals.delete(key);
    this.#channels.add(event.status & 15);
    return true;
  }

  /** Whether a message ends one of these notes, or lets go of a pedal that is down. */
  isEndedBy(event: NoteEvent): boolean {
    const key = keyOf(event.status, event.data1);
    return isPedal(event) ? isEnd(event) && this.#pedals.has(key) : isOff(event) && this.#notes.has(key);
  }

  /** What sounds and is not among those that are `told` ends. */
  endOthers(told: ReadonlySet<number>, sessionMs: number): NoteEvent[] {
    return this.#endNotes(
      [...this.#notes].filter((key) => !told.has(key)),
      sessionMs,
    );
  }

  /** Everything that sounds ends, and what was held with a pedal. */
  end(sessionMs: number): NoteEvent[] {
    const offs = this.#endNotes([...this.#notes], sessionMs);
    const pedals = [...this.#channels].flatMap((channel) =>
      [SUSTAIN, ALL_NOTES_OFF].map((data1) => ({ sessionMs, status: CONTROLLER | channel, data1, data2: 0 })),
    );
    this.#channels.clear();
    this.#pedals.clear();
    return [...offs, ...pedals];
  }

  #endNotes(keys: readonly number[], sessionMs: number): NoteEvent[] {
    return keys.map((key) => {
      this.#notes.delete(key);
      return { sessionMs, status: NOTE_OFF | (key >> 7), data1: key & 127, data2: 0 };
    });
  }
}

/** What somebody else plays, as it comes: each event once, in its order, and no note without an end. */
export class NotesReceiver {
  #stream: number | undefined;
  #next = 0;
  readonly #sounding = new SoundingNotes();
  readonly #bucket = new TokenBucket(EVENTS_PER_SECOND, EVENTS_BURST);

  /** Events that this packet is the first to bring. */
  hear(body: Uint8Array, stream: number, sessionMs: number, nowMs: number): NoteEvent[] {
    const read = sessionMs > 0 ? readBody(body, sessionMs) : null;
    if (read === null) return [];
    const out: NoteEvent[] = [];
    if (stream !== this.#stream) {
      // Another count: what sounded of the one before ends.
      out.push(...this.end(sessionMs));
      this.#stream = stream;
      this.#next = (read.next - read.events.length) >>> 0;
    }
    const behind = (read.next - this.#next) | 0;
    if (behind < 0) return out;
    const fresh = read.events.slice(Math.max(0, read.events.length - behind));
    this.#next = read.next;
    for (const event of fresh)
      if ((isOff(event) || this.#bucket.take(nowMs)) && this.#sounding.follow(event)) out.push(event);
    if (read.sounding !== null) out.push(...this.#sounding.endOthers(read.sounding, sessionMs));
    return out;
  }

  /** The link is gone: everything that sounds ends, and what was held with a pedal. */
  end(sessionMs: number): NoteEvent[] {
    return this.#sounding.end(sessionMs);
  }
}
