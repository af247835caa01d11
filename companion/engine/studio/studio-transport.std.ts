import type { LoggedEvent, TransportState } from "../../../protocol/room.ts";
import { transportOf } from "../../../protocol/transport.ts";
import { type ClockEstimate, type ClockSample, SessionClock } from "../clock/session-clock.std.ts";
import { encodeMmc } from "../midi/mmc.std.ts";
import type { MidiPort } from "../midi/port.std.ts";
import { type Execution, Follower } from "../transport/follower.std.ts";
import type { StudioEvent } from "./events.std.ts";

/** Commands are not carried out before session time is known this well. */
const CLOCK_SAMPLES_MIN = 8;

export interface StudioTransportOptions {
  /** The machine's monotonic clock, in milliseconds. */
  nowMs(): number;
  /** Calls at an instant of that clock; returns a cancel. */
  scheduleAt(localMs: number, call: () => void): () => void;
  midi: MidiPort;
  emit(event: StudioEvent): void;
  /** A command takes effect, at an instant of the machine's clock. */
  onExecuted(execution: Execution, localMs: number): void;
}

/** The studio's share in the session's one transport: session time, the log's commands at their instants, and what the DAW is told. */
export class StudioTransport {
  readonly #options: StudioTransportOptions;
  readonly #clock = new SessionClock();
  readonly #follower: Follower;
  readonly #early: LoggedEvent[] = [];

  constructor(options: StudioTransportOptions) {
    this.#options = options;
    this.#follower = new Follower(
      {
        nowSessionMs: () => this.#clock.toSessionMs(options.nowMs()),
        scheduleAtSession: (atMs, call) => options.scheduleAt(this.#clock.toLocalMs(atMs), call),
      },
      (execution) => this.#execute(execution),
    );
  }

  get state(): TransportState {
    return this.#follower.state;
  }

  get estimate(): ClockEstimate | undefined {
    return this.#clock.estimate;
  }

  /** Session time at an instant of the machine's clock, and how well it is known. */
  sessionAt(localMs: number): { atMs: number; errorMs: number } {
    return { atMs: this.#clock.toSessionMs(localMs), errorMs: this.#clock.estimate?.errorMs ?? 0 };
  }

  addSample(sample: ClockSample): void {
    this.#clock.addSample(sample);
    if (this.#isClockKnown) for (const event of this.#early.splice(0)) this.#follow(event);
  }

  /** A line of the log; those that are not of the transport are none of its business. */
  follow(event: LoggedEvent): void {
    if (this.#isClockKnown) this.#follow(event);
    else this.#early.push(event);
  }

  async close(): Promise<void> {
    this.#follower.stop();
    await this.#options.midi.close();
  }

  get #isClockKnown(): boolean {
    return (this.#clock.estimate?.samples ?? 0) >= CLOCK_SAMPLES_MIN;
  }

  #follow(event: LoggedEvent): void {
    const transport = transportOf(event);
    if (transport !== undefined) this.#follower.follow(event.seq, transport);
  }

  #execute(execution: Execution): void {
    const { seq, event, onTime } = execution;
    const localAtMs = this.#options.nowMs();
    const bytes = encodeMmc(event.transport);
    if (bytes !== null) this.#options.midi.send(bytes);
    const effectiveLocalMs = this.#clock.toLocalMs(event.effectiveAtMs);
    const { command } = event.transport;
    this.#options.emit({ type: "executed", seq, command, localAtMs, effectiveLocalMs, onTime });
    this.#options.onExecuted(execution, onTime ? effectiveLocalMs : localAtMs);
  }
}
