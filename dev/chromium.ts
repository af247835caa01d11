import { type Browser, chromium } from "playwright-core";

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

/** The browser that tests and benchmarks look through: Debian's, without a window. */
export const startChromium = (): Promise<Browser> => chromium.launch({ executablePath: "/usr/bin/chromium", args });
