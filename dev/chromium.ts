import { type Browser, chromium } from "playwright-core";
import type { SoundServer } from "./sound-server.ts";

/** As root in a sandbox of its own, and silent on the network. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A microphone that plays a file again and again, allowed without asking, and a relay on this machine. */
export const withMicrophone = (wavPath: string): readonly string[] => [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${wavPath}`,
  "--allow-loopback-in-peer-connection",
];

/** The devices of a sound server, allowed without asking, and a relay on this machine. */
export const withDevices: readonly string[] = ["--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection"];

/** As long as a busy machine may take for one step in a browser: who waits longer waits for nothing. */
export const STEP_MAX_MS = 120_000;

/**
 * The browser that tests and benchmarks look through: Debian's Chromium in the build that has no window, the same engine, network and sound for an eighth
 * less work than a browser that hides its windows. `sounds`: plays and records there, and is not muted; without one it starts none either.
 */
export const startChromium = (more: readonly string[] = [], sounds: SoundServer | null = null): Promise<Browser> =>
  chromium.launch({
    executablePath: "/usr/bin/chromium-headless-shell",
    args: [...args, ...more],
    env: { ...process.env, ...(sounds?.env ?? { PULSE_SERVER: "unix:/nowhere" }) },
    ...(sounds === null ? {} : { ignoreDefaultArgs: ["--mute-audio"] }),
  });
