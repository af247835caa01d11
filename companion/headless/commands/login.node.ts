import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { signInWithBrowser } from "../../engine/account/browser-sign-in.node.ts";
import { signInWithDevice } from "../../engine/account/device-sign-in.std.ts";
import { systemKeychain } from "../../engine/account/keychain.node.ts";
import { originOf } from "../account.node.ts";
import { type Command, exits } from "../command.node.ts";

/** The system's own way of opening an address. The address is an argument of its own, never a part of a command line. */
function openBrowser(address: string): void {
  const opener = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
  spawn(opener, [address], { detached: true, stdio: "ignore" })
    .on("error", () => undefined)
    .unref();
}

/** Lets this machine's companion in as a person. The token goes into the system's keychain and nowhere else (A7). */
export const login: Command = {
  name: "login",
  summary: "Lets this machine in as a person, by a short code typed on any other device.",
  arguments: [],
  flags: {
    browser: { summary: "By the browser of this machine." },
    label: { summary: "What this machine is called in the list of devices.", value: "NAME" },
    forget: { summary: "Takes this machine's token out of its keychain." },
  },
  async run(run) {
    const { screen } = run;
    const origin = originOf(run);
    const label = run.flag("label") ?? `Companion on ${hostname()}`.slice(0, 80);
    if (run.isOn("forget")) {
      await systemKeychain.erase(origin);
      screen.answer({ origin, signedIn: false }, [
        `This machine no longer knows anybody at ${origin}. Revoke it in your account's list of devices as well.`,
      ]);
      return exits.done;
    }
    const token = run.isOn("browser")
      ? await signInWithBrowser({
          origin,
          label,
          open: (address) => {
            screen.say(`Opening ${address}`);
            openBrowser(address);
          },
          random: (bytes) => new Uint8Array(randomBytes(bytes)),
        })
      : await signInWithDevice({
          origin,
          label,
          now: Date.now,
          sleep: (ms) => sleep(ms),
          show: ({ userCode, address }) =>
            screen.answer({ userCode, address }, [`On any device, open ${address}\nand type ${userCode}`]),
        });
    await systemKeychain.write(origin, token);
    screen.answer({ origin, signedIn: true }, ["Signed in. The companion finds its token in this system's keychain."]);
    return exits.done;
  },
};
