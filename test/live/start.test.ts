import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const demo = (...args: string[]) => spawnSync("node", ["dev/demo.ts", ...args], { encoding: "utf8" });

test("a WAV that is not one, and a length that is none, are said in one clear sentence", () => {
  const broken = join(folder, "broken.wav");
  writeFileSync(broken, "RIFF, or so they say");
  const run = demo("--host-audio", broken, "--seconds", "2");
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("is not a WAV file that can be read");
  expect(demo("--seconds", "0").status).toBe(2);
  expect(demo("--host-audio", join(folder, "none.wav")).stderr).toContain("there is no such file");
});

describe("`npm start`", () => {
  test("a port in use is said, and nothing is left behind", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    const run = spawnSync("node", ["dev/start.ts", "--port", String(port), "--no-demo"], {
      encoding: "utf8",
    });
    server.close();
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`Port ${port} is in use`);
  });

  test("serves until it is told to stop, and ends all that it started", async () => {
    const child = spawn("node", ["dev/start.ts", "--no-demo"], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
    });
    await expect.poll(() => text).toMatch(/Open http:\/\/localhost:\d+/);
    const origin = /http:\/\/localhost:\d+/.exec(text)?.[0] ?? "";
    expect((await fetch(`${origin}/api/v1/health`)).status).toBe(200);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
    await expect(fetch(`${origin}/api/v1/health`)).rejects.toThrow();
  });
});
