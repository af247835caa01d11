import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startPlatform } from "./platform.ts";

test("a Worker without one of its secrets does not start, and its log names it", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "sessionlinked-platform-"));
  const lines: string[] = [];
  const starting = startPlatform({ stateDir, bindings: { LINK_KEY: "" }, onLog: (line) => void lines.push(line) });
  try {
    await expect(starting).rejects.toThrow();
    expect(lines.join("\n")).toContain("The Worker cannot start: LINK_KEY needs at least 32 characters.");
  } finally {
    await starting.then((platform) => platform.stop()).catch(() => undefined);
    rmSync(stateDir, { recursive: true, force: true });
  }
});
