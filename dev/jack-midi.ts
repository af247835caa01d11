/**
 * RtMidi for JACK's MIDI ports: the source that `@julusian/midi` ships, built against libjack instead of ALSA. On machines without ALSA's
 * sequencer it is the way to a DAW. Built once for each version, beside the package in the cache.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));

/** The path of a module that is `@julusian/midi` on JACK. Throws what the compiler said. */
export function buildJackMidi(): string {
  const source = dirname(require.resolve("@julusian/midi/package.json"));
  const { version }: { version: string } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const folder = join(root, "node_modules", ".cache", `jack-midi-${version}`);
  const binding = join(folder, "build", "Release", "midi.node");
  const module = join(folder, "dist", "midi.js");
  if (existsSync(binding)) return module;
  cpSync(source, folder, { recursive: true });
  mkdirSync(dirname(binding), { recursive: true });
  const headers = dirname(require.resolve("node-api-headers/package.json"));
  const wrapper = dirname(createRequire(join(source, "package.json")).resolve("node-addon-api"));
  const include = [wrapper, join(headers, "include"), "vendor/rtmidi"];
  const defines = ["__UNIX_JACK__", "NAPI_VERSION=7", "NAPI_CPP_EXCEPTIONS", "NODE_GYP_MODULE_NAME=midi"];
  const built = spawnSync(
    "g++",
    [
      ...["-shared", "-fPIC", "-O1", "-std=c++17", "-w"],
      ...defines.map((define) => `-D${define}`),
      ...include.map((path) => `-I${path}`),
      "vendor/rtmidi/RtMidi.cpp",
      ...globSync("src-cpp/*.cpp", { cwd: folder }),
      ...["-ljack", "-lpthread", "-o", binding],
    ],
    { cwd: folder, encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(`RtMidi could not be built for JACK:\n${built.stderr}`);
  return module;
}
