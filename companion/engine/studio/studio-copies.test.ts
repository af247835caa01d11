import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionId } from "../../../protocol/ids.ts";
import { COPY_KEPT_MS } from "../../../protocol/safety-copies.ts";
import { openKeepingPlace } from "./studio-copies.node.ts";

const SESSION = SessionId.parse("ses_00000000000000000000000000");

test("C9: a copy that is over goes with the next session that is opened beside its own, and one that is not stays", async () => {
  const root = mkdtempSync(join(tmpdir(), "sessionlinked-beside-"));
  try {
    const place = join(root, "Another evening", "safety-copies");
    mkdirSync(place, { recursive: true });
    const copies = [COPY_KEPT_MS + 1_000, COPY_KEPT_MS - 60_000].map((ageMs) => {
      const copyId = randomUUID();
      const head = {
        copyId,
        sessionId: SESSION,
        memberId: "mem_00000000000000000000000000",
        publicKey: "A".repeat(87),
        encapsulated: "A".repeat(87),
        startedAtMs: 10_000,
        seconds: 2,
        madeAtMs: Date.now() - ageMs,
      };
      writeFileSync(join(place, `${copyId}.copy`), "sealed");
      writeFileSync(join(place, `${copyId}.copy.json`), JSON.stringify(head));
      return copyId;
    });
    writeFileSync(join(place, "mine.copy.json"), "no head at all");
    const folder = join(root, "Tonight");
    mkdirSync(folder);
    openKeepingPlace(folder);
    expect(readdirSync(place).sort()).toEqual([`${copies[1]}.copy`, `${copies[1]}.copy.json`, "mine.copy.json"].sort());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
