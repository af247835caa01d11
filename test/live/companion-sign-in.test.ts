import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInWithBrowser } from "../../companion/engine/account/browser-sign-in.node.ts";
import { SignInError } from "../../companion/engine/account/token.std.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { type SeededAccount, seedAccount } from "../../dev/seed.ts";

let folder: string;
let platform: Platform;
let ada: SeededAccount;
const random = (bytes: number) => new Uint8Array(randomBytes(bytes));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sessionlinked-sign-in-"));
  platform = await startPlatform({ stateDir: join(folder, "platform") });
  ada = await seedAccount(platform, { displayName: "Ada", email: "ada@example.org", tier: "free" });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const finished = (child: ChildProcess) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ code, output }));
  });

/** Asks the bus whether the keyring is there: it takes its name once it is open. */
const KEYRING_IS_THERE =
  "dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true";

/** Runs a command in a desktop session of its own: a message bus, and a keyring that its owner has just opened. */
function inDesktopSession(command: string): ChildProcess {
  const home = join(folder, "home");
  const runtime = join(folder, "run");
  for (const path of [home, runtime]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const script = `printf pass | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
    keyring=$!; until ${KEYRING_IS_THERE}; do sleep 0.1; done; ${command}; code=$?; kill $keyring; exit $code`;
  return spawn("dbus-run-session", ["--", "bash", "-c", script], {
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(home, "data") },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const run = (file: string, ...args: string[]) =>
  `'${process.execPath}' 'companion/headless/${file}' ${args.map((arg) => `'${arg}'`).join(" ")}`;

describe("A7: a companion lets its person in", () => {
  test("by a code typed elsewhere; the token is in the system's keychain, and in no file in the clear", async () => {
    const child = inDesktopSession(
      `${run("sessionlinked.node.ts", "login", "--origin", platform.origin, "--label", "Rack")} && ` +
        run("sessionlinked.node.ts", "status", "--origin", platform.origin),
    );
    const ended = finished(child);
    let typed: string | undefined;
    child.stdout?.on("data", async (chunk: Buffer) => {
      typed ??= /type ([A-Z-]{9})/.exec(chunk.toString())?.[1];
      if (typed === undefined) return;
      await platform.db
        .prepare("UPDATE device_codes SET state = 'approved', account_id = ? WHERE user_code = ?")
        .bind(ada.accountId, typed.replace("-", ""))
        .run();
    });
    const { output } = await ended;
    expect(output).toContain("Signed in.");
    // The next command found the token.
    expect(output).toContain("In no session yet");
    const row = await platform.db
      .prepare("SELECT token_hash AS hash FROM sign_ins WHERE kind = 'companion'")
      .first<{ hash: string }>();
    expect(row).not.toBeNull();
    const kept = globSync("home/**/*", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
    expect(kept.some((path) => path.endsWith(".keyring"))).toBe(true);
    for (const path of kept) {
      // Any 43 characters that could be the token, wherever they begin.
      const found = readFileSync(join(folder, path), "latin1").matchAll(/(?=([\w-]{43}))/g);
      const hashes = Array.from(found, ([, text]) =>
        createHash("sha256")
          .update(text ?? "")
          .digest("hex"),
      );
      expect(hashes).not.toContain(row?.hash);
    }
  });

  test("through the browser; a stranger's knock is not the answer, a no is said", async () => {
    const knock = async (address: string, answer: Record<string, string>) => {
      const redirect = new URL(new URL(address).searchParams.get("redirect_uri") ?? "");
      redirect.search = new URLSearchParams(answer).toString();
      return (await fetch(redirect)).status;
    };
    const statuses: Promise<number>[] = [];
    const refused = signInWithBrowser({
      origin: platform.origin,
      label: "Studio",
      random,
      open(address) {
        const state = new URL(address).searchParams.get("state") ?? "";
        statuses.push(
          knock(address, { code: "stolen", state: "another" }).then(async (first) => {
            await knock(address, { error: "access_denied", state });
            return first;
          }),
        );
      },
    });
    await expect(refused).rejects.toMatchObject({ error: "access_denied" });
    expect(await Promise.all(statuses)).toEqual([404]);
    const invented = signInWithBrowser({
      origin: platform.origin,
      label: "Studio",
      random,
      open(address) {
        const state = new URL(address).searchParams.get("state") ?? "";
        void knock(address, { code: "A".repeat(43), state });
      },
    });
    await expect(invented).rejects.toMatchObject({ error: "invalid_grant" });
    const abort = new AbortController();
    const cancelled = signInWithBrowser({
      origin: platform.origin,
      label: "Studio",
      random,
      open: () => abort.abort(),
      signal: abort.signal,
    });
    await expect(cancelled).rejects.toThrow(SignInError);
  });
});
