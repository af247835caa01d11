import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { initialTransport } from "../../../protocol/transport.ts";
import { ApiError } from "../api/api-client.std.ts";
import { Deliveries } from "./deliveries.node.ts";
import type { DeliveryReport } from "./delivery-report.std.ts";
import { DISK_RESERVE_BYTES, deliveryVerdict, UNASKED_BYTES } from "./disk-room.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-deliveries-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sessionId = `ses_${"a".repeat(26)}` as SessionId;

const recording = (letter: string, sizeBytes: number): Recording => ({
  recordingId: `rec_${letter.repeat(26)}` as RecordingId,
  sessionId,
  takeId: "00000000-0000-4000-8000-000000000000",
  memberId: `mem_${"b".repeat(26)}`,
  name: letter,
  format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
  timelineFrames: 0,
  startedAtMs: 0,
  bpm: 120,
  state: "complete",
  partBytes: 5 * 2 ** 20,
  sizeBytes,
  frames: 0,
  sha256: "0".repeat(64),
  clock: [],
  transportAtStart: initialTransport,
  transportAtEnd: initialTransport,
  createdAtMs: 0,
  completedAtMs: 0,
  expiresAtMs: null,
  hasPeaks: false,
});

/** A server that has these stems and sends none of them: what matters is which of them a companion asks for. */
function opened(listed: Recording[], disk: { freeBytes: number }) {
  const wanted: string[] = [];
  const asked: string[] = [];
  const warnings: string[] = [];
  const reports: DeliveryReport[] = [];
  const deliveries = new Deliveries({
    api: {
      listRecordings: async () => listed,
      readRecording: async (recordingId) => {
        wanted.push(recordingId.slice(4, 5));
        throw new ApiError("forbidden", "Not in a test.", false);
      },
      download: () => Promise.reject(new ApiError("forbidden", "Not in a test.", false)),
    },
    sessionId,
    sessionName: "Session",
    folder,
    freeBytes: () => disk.freeBytes,
    onAsk: ({ name }) => asked.push(name),
    onDelivered: () => undefined,
    onWarning: (message) => warnings.push(message),
    onReport: (report) => reports.push(report),
  });
  const states = () => reports.at(-1)?.stems.map(({ name, state }) => `${name} ${state}`);
  return { deliveries, wanted, asked, warnings, reports, states };
}

describe("what comes by itself", () => {
  test("X39, X24: a stem that would take the disk's reserve stays away, and says so once, until there is room", async () => {
    const disk = { freeBytes: DISK_RESERVE_BYTES + 1e9 };
    const { deliveries, wanted, warnings, asked } = opened([recording("x", 0.6e9), recording("y", 0.4e9)], disk);
    await deliveries.fetch();
    await deliveries.fetch();
    expect(wanted).toEqual(["y", "y"]);
    expect(warnings.filter((message) => message.startsWith('"x"'))).toHaveLength(1);
    disk.freeBytes = 1e12;
    await deliveries.fetch();
    deliveries.stop();
    expect(wanted.slice(2)).toEqual(["x", "y"]);
    expect(asked).toEqual([]);
  });

  test("X39: a large stem is asked about once, and comes when the person says yes, to it or to all", async () => {
    const large = [recording("x", UNASKED_BYTES + 1), recording("y", 100e9)];
    const { deliveries, wanted, asked } = opened([...large, recording("z", 1_000)], { freeBytes: 1e12 });
    await deliveries.fetch();
    await deliveries.fetch();
    expect(asked).toEqual(["x", "y"]);
    expect(wanted).toEqual(["z", "z"]);
    await deliveries.allow(large[1]?.recordingId);
    expect(wanted.slice(2)).toEqual(["y", "z"]);
    await deliveries.allow();
    deliveries.stop();
    expect(wanted.slice(4)).toEqual(["x", "y", "z"]);
  });

  test("C7: what a person has chosen not to have stays away, in the next run too, and comes when they choose again", async () => {
    const listed = [recording("x", 1_000), recording("y", 1_000)];
    const x: RecordingId = `rec_${"x".repeat(26)}`;
    const first = opened(listed, { freeBytes: 1e12 });
    await first.deliveries.choose(x, false);
    expect(first.wanted).toEqual(["y"]);
    expect(first.states()).toEqual(["x declined", "y waiting"]);
    expect(first.reports.at(-1)).toMatchObject({ freeBytes: 1e12, stems: [{ sizeBytes: 1_000 }, {}] });
    first.deliveries.stop();
    const second = opened(listed, { freeBytes: 1e12 });
    await second.deliveries.fetch();
    expect(second.wanted).toEqual(["y"]);
    await second.deliveries.choose(x, true);
    second.deliveries.stop();
    expect(second.wanted.slice(1)).toEqual(["x", "y"]);
    expect(second.states()).toEqual(["x waiting", "y waiting"]);
  });

  test("X39: many small ones are one large delivery, and no yes takes the reserve", () => {
    const disk = { freeBytes: 1e12, isAllowed: false };
    expect(deliveryVerdict(1e9, { ...disk, unaskedBytes: UNASKED_BYTES - 1e9 })).toBe("fetch");
    expect(deliveryVerdict(1e9, { ...disk, unaskedBytes: UNASKED_BYTES - 1e9 + 1 })).toBe("ask");
    expect(deliveryVerdict(1e9, { ...disk, unaskedBytes: UNASKED_BYTES, isAllowed: true })).toBe("fetch");
    const full = { freeBytes: DISK_RESERVE_BYTES + 2e9 - 1, unaskedBytes: 0, isAllowed: true };
    expect(deliveryVerdict(1e9, full)).toBe("no-room");
  });
});
