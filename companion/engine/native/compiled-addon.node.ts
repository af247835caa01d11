import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const cache = fileURLToPath(new URL("../../../node_modules/.cache", import.meta.url));

/** Why something of JACK's is not to be had here, in a sentence for the person. */
export class JackRefused extends Error {}

/**
 * The path of an addon that is written in C beside the module that asks for it. It is compiled once for each version of its source, by the system's own C
 * compiler and without a download, and needs neither JACK nor its headers for that. Throws `JackRefused`.
 */
export function compiledAddon(source: string): string {
  const name = basename(source, ".c");
  const version = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const folder = join(cache, name);
  const path = join(folder, `${version}-${process.arch}.node`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const headers = join(dirname(require.resolve("node-api-headers/package.json")), "include");
  // Two companions may begin at once: whoever is done puts a whole file in its place.
  const made = `${path}.${process.pid}`;
  const built = spawnSync(
    "gcc",
    ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", `-I${headers}`, source, "-ldl", "-lpthread", "-o", made],
    { encoding: "utf8" },
  );
  if (built.error !== undefined)
    throw new JackRefused(
      "JACK needs a C compiler once, and there is none: install gcc (Debian: sudo apt install gcc libc6-dev).",
    );
  if (built.status !== 0) throw new JackRefused(`What JACK needs could not be compiled: ${built.stderr.trim()}`);
  renameSync(made, path);
  return path;
}
