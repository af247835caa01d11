import type { LaneReport } from "../../../audio/lane-report.ts";
import { type WayOut, WayOutMeter } from "../../../audio/uplink-budget.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";

const ROUND_TRIP_MAX_MS = 60_000;

/** What two ends of a link report to each other: each brings the other's last one back, so both know how long there and back takes. */
export class LinkReports {
  readonly #wayOut = new WayOutMeter();
  #echo: { sentAtMs: number; heardAtMs: number } | undefined;
  roundTripMs: number | null = null;
  /** What the other end says of its device. */
  remoteDeviceMs = 0;

  get wayOut(): WayOut {
    return this.#wayOut.way;
  }

  /** Another path has another way. */
  clear(): void {
    this.#wayOut.clear();
  }

  /** Takes a report in; returns what it tells of the other end's clock, once there and back is known. */
  hear(report: LaneReport, nowMs: number): PeerReading | null {
    this.remoteDeviceMs = report.deviceMs;
    this.#echo = { sentAtMs: report.sentAtMs, heardAtMs: nowMs };
    const roundTripMs = nowMs - report.echoMs - report.heldMs;
    if (report.echoMs <= 0 || !(roundTripMs >= 0 && roundTripMs < ROUND_TRIP_MAX_MS)) return null;
    this.roundTripMs = roundTripMs;
    this.#wayOut.hear(report.lossShare, roundTripMs, nowMs - report.sentAtMs, nowMs);
    // As if what it answers had left later, and been answered at once.
    const [sentLocalMs, peerMs] = [report.echoMs + report.heldMs, report.sentAtMs];
    return { sentLocalMs, receivedLocalMs: nowMs, peerMs, session: report.session };
  }

  make(nowMs: number, own: Omit<LaneReport, "sentAtMs" | "echoMs" | "heldMs">): LaneReport {
    return {
      sentAtMs: nowMs,
      echoMs: this.#echo?.sentAtMs ?? 0,
      heldMs: this.#echo === undefined ? 0 : nowMs - this.#echo.heardAtMs,
      ...own,
    };
  }
}
