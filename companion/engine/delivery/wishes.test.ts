import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type DeletionWish, textOfWish, WishKey } from "../../../protocol/deliveries.ts";
import type { MemberId, RecordingId, SessionId } from "../../../protocol/ids.ts";
import { SessionFolder } from "../project/session-folder.node.ts";
import { Deliveries } from "./deliveries.node.ts";
import { readWishes } from "./wishes.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-wishes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = WishKey.parse(publicKey.export({ format: "jwk" }));
const sessionId: SessionId = `ses_${"a".repeat(26)}`;
const memberId: MemberId = `mem_${"b".repeat(26)}`;
const recordingId: RecordingId = `rec_${"c".repeat(26)}`;

function wished(changes: Partial<DeletionWish> = {}, by = privateKey): DeletionWish {
  const wish = { recordingId, sessionId, memberId, sha256: "0".repeat(64), wishedAtMs: 5 };
  const signature = sign(null, Buffer.from(textOfWish(wish)), by).toString("base64");
  return { ...wish, signature, ...changes };
}
const asked = (...wishes: DeletionWish[]) =>
  readWishes({ listWishes: async () => wishes, readWishKey: async () => key }, sessionId);

test("P69: a wish counts with the service's own signature over this very copy, in its session, and else not", async () => {
  expect(await asked(wished())).toHaveLength(1);
  const stranger = generateKeyPairSync("ed25519").privateKey;
  expect(await asked(wished({}, stranger))).toEqual([]);
  const other: RecordingId = `rec_${"d".repeat(26)}`;
  expect(await asked(wished({ recordingId: other }), wished({ wishedAtMs: 6 }), wished({ signature: "?" }))).toEqual(
    [],
  );
  expect(await asked(wished({ sessionId: `ses_${"e".repeat(26)}` }))).toEqual([]);
});

test("P69: a companion says once that copies are wished gone, and deletes nothing by itself", async () => {
  const said: number[] = [];
  const answers: string[] = [];
  let waiting = [wished()];
  const deliveries = new Deliveries({
    api: {
      listRecordings: async () => [],
      readRecording: () => Promise.reject(new Error("Not in a test.")),
      download: () => Promise.reject(new Error("Not in a test.")),
      listWishes: async () => waiting,
      readWishKey: async () => key,
      answerWish: async (_, answer) => {
        answers.push(answer);
        waiting = [];
      },
    },
    sessionId,
    sessionName: "Session",
    folder,
    onAsk: () => undefined,
    onDelivered: () => undefined,
    onWarning: (message) => expect(message).toBe(""),
    onWished: (wishes) => said.push(wishes.length),
  });
  await deliveries.fetch();
  await deliveries.fetch();
  expect(said).toEqual([1]);
  expect(await deliveries.answerWish(recordingId, "kept")).toBe(true);
  deliveries.stop();
  expect(said).toEqual([1, 0]);
  expect(answers).toEqual(["kept"]);
});

test("P69: whoever obeys has the stem gone from the folder and its projects, and their own takes untouched", async () => {
  const path = join(folder, "obeyed");
  for (const name of ["originals", "aligned"]) mkdirSync(join(path, name), { recursive: true });
  const own: RecordingId = `rec_${"f".repeat(26)}`;
  const stem = (id: RecordingId, original: string) => {
    const file = `aligned/${id}.wav`;
    for (const each of [original, file]) writeFileSync(join(path, each), "sound");
    const common = { channels: 1, sampleRateHz: 48_000, startSeconds: 0, lengthSeconds: 1, bpm: 120, sha256: "" };
    return { recordingId: id, name: "Stem", original, originalBytes: 5, file, ...common };
  };
  const stems = [stem(recordingId, "originals/theirs.wav"), stem(own, "mine.wav")];
  writeFileSync(join(path, "session.json"), JSON.stringify(stems));
  const opened = new SessionFolder(path, "Session");
  expect(await opened.remove(recordingId)).toBe(true);
  expect(await opened.remove(recordingId)).toBe(false);
  expect(await opened.remove(own)).toBe(false);
  expect(existsSync(join(path, "originals/theirs.wav"))).toBe(false);
  expect(existsSync(join(path, "mine.wav"))).toBe(true);
  const project = readFileSync(join(path, "session.rpp"), "utf8");
  expect(project).not.toContain(recordingId);
  expect(project).toContain(own);
});
