/**
 * The programs from Debian that the tests run against. They are installed where that is allowed (root and apt-get); elsewhere
 * they are named, and the run stops: a test that quietly did not run is worse than one that failed.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const listPath = join(fileURLToPath(new URL(".", import.meta.url)), "debian-packages.txt");

function isInstalled(name: string): boolean {
  const query = spawnSync("dpkg", ["--status", name], { encoding: "utf8" });
  return query.status === 0 && /^Status: .* installed$/m.test(query.stdout);
}

/** The listed packages that this machine does not have. */
function missingPackages(): string[] {
  return readFileSync(listPath, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((name) => name !== "" && !isInstalled(name));
}

/** Installs what is missing, or says by name what a person has to install. Returns false if something is still missing. */
export function ensureDebianPackages(): boolean {
  const missing = missingPackages();
  if (missing.length === 0) return true;
  if (process.getuid?.() === 0) {
    console.log(`Installing from Debian: ${missing.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const aptGet = (...args: string[]) =>
      spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
    aptGet("update");
    aptGet("-y", "--no-install-recommends", "install", ...missing);
  }
  const left = missingPackages();
  if (left.length > 0) {
    console.error(`These programs are needed and could not be installed from here: ${left.join(" ")}`);
    console.error(`On Debian or Ubuntu: sudo apt-get install ${left.join(" ")}`);
  }
  return left.length === 0;
}
