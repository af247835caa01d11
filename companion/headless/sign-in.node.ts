/**
 * `npm run companion:sign-in -- --origin https://… [--browser] [--label "Rack"] [--forget]`: lets this machine's companion in as a person.
 * Without `--browser` the person types a short code on any other device. The token goes into the system's keychain and nowhere else.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { signInWithBrowser } from "../engine/account/browser-sign-in.node.ts";
import { signInWithDevice } from "../engine/account/device-sign-in.std.ts";
import { systemKeychain } from "../engine/account/keychain.node.ts";

const { values: flags } = parseArgs({
  options: {
    origin: { type: "string" },
    label: { type: "string", default: `Companion on ${hostname()}`.slice(0, 80) },
    browser: { type: "boolean", default: false },
    forget: { type: "boolean", default: false },
  },
});
if (flags.origin === undefined || !URL.canParse(flags.origin)) {
  console.error("usage: companion:sign-in -- --origin https://… [--browser] [--label NAME] [--forget]");
  process.exit(2);
}
const { origin } = new URL(flags.origin);
const { label } = flags;

/** The system's own way of opening an address. The address is an argument of its own, never a part of a command line. */
function openBrowser(address: string): void {
  console.log(`Opening ${address}`);
  const opener = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
  spawn(opener, [address], { detached: true, stdio: "ignore" })
    .on("error", () => undefined)
    .unref();
}

try {
  if (flags.forget) {
    await systemKeychain.erase(origin);
    console.log(
      `This machine no longer knows anybody at ${origin}. Revoke it in your account's list of devices as well.`,
    );
  } else {
    const token = flags.browser
      ? await signInWithBrowser({
          origin,
          label,
          open: openBrowser,
          random: (bytes) => new Uint8Array(randomBytes(bytes)),
        })
      : await signInWithDevice({
          origin,
          label,
          now: Date.now,
          sleep: (ms) => sleep(ms),
          show: ({ userCode, address }) => console.log(`On any device, open ${address}\nand type ${userCode}`),
        });
    await systemKeychain.write(origin, token);
    console.log("Signed in. The companion finds its token in this system's keychain.");
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
