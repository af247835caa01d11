import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrowsOf, circlesOf, houses, importsOf, sourceFiles } from "../../dev/house.ts";

/** What a file of the companion may use, by the word before `.ts` in its name. */
const mayUse: Record<string, readonly string[]> = {
  std: ["std"],
  worklet: ["worklet", "std"],
  dom: ["dom", "std"],
  node: ["node", "std"],
  preload: ["preload", "std"],
  main: ["main", "node", "std"],
};

/** Globals that only one runtime has. */
const globalsOf: Record<string, RegExp> = {
  node: /\b(process\.|Buffer\.|setImmediate\()/,
  dom: /\b(document|window|navigator|AudioContext|RTCPeerConnection|self|MessagePort|Worker|XMLHttpRequest|createSyncAccessHandle|showModal|OffscreenCanvas)\b/,
  worklet: /\b(AudioWorkletProcessor|registerProcessor)\b/,
};

/** Where a package can run. One that is in no list makes the test red. */
const packages: Record<string, readonly string[]> = {
  std: ["zod", "partysocket", "@noble/hashes", "@hpke/core", "fflate"],
  node: ["ws", "@roamhq/wrtc", "@napi-rs/keyring", "node-datachannel", "@julusian/midi"],
  dom: ["preact", "@preact/signals", "qr"],
  preload: ["electron/renderer"],
  main: ["electron"],
};

const packageRuntime = (from: string): string | undefined =>
  from.startsWith("node:")
    ? "node"
    : Object.keys(packages).find((runtime) =>
        packages[runtime]?.some((name) => from === name || from.startsWith(`${name}/`)),
      );

const files = sourceFiles();

describe("tidy", () => {
  test.each(houses)("imports flow one way: $name", ({ root, ...house }) => {
    const wrong = arrowsOf({ root, ...house }, files)
      .filter(({ againstTheOrder }) => againstTheOrder)
      .flatMap(({ imports }) => imports);
    expect(wrong).toEqual([]);
  });

  test("every room stands on a floor", () => {
    const homeless = houses.flatMap(({ root, floors }) =>
      files
        .filter((path) => path.startsWith(root))
        .map((path) => path.slice(root.length).split("/"))
        .filter(([room = "", ...rest]) => rest.length > 0 && !floors.flat().includes(room))
        .map((parts) => root + parts.join("/")),
    );
    expect(homeless).toEqual([]);
  });

  test("no files import each other in a circle, types included", () => {
    expect(circlesOf(files)).toEqual([]);
  });

  test("protocol imports nothing but zod, audio nothing but protocol", () => {
    const wrong = files
      .filter((path) => /^(protocol|audio)\//.test(path) && !path.includes(".test."))
      .flatMap((path) => importsOf(path).map(({ from, target }) => ({ path, from, target })))
      .filter(({ path, from, target }) =>
        target === null ? path.startsWith("audio/") || from !== "zod" : !/^(protocol|audio)\//.test(target),
      );
    expect(wrong).toEqual([]);
  });

  test("what a browser may load names zod's parts one by one: its whole object has fifty languages in it", () => {
    const whole = files.filter(
      (path) =>
        /^(protocol|audio)\/|\.(std|dom)\.tsx?$/.test(path) &&
        /import \{[^}]*\bz\b[^}]*\} from "zod"/.test(readFileSync(path, "utf8")),
    );
    expect(whole).toEqual([]);
  });

  test("companion file names say the least runtime that fits, proven from what they import", () => {
    const wrong: string[] = [];
    for (const path of files.filter((path) => path.startsWith("companion/") && !path.includes(".test."))) {
      const runtime = /\.(\w+)\.tsx?$/.exec(path)?.[1] ?? "";
      if (!(runtime in mayUse)) {
        wrong.push(`${path}: no runtime in its name`);
        continue;
      }
      const allowed = mayUse[runtime] ?? [];
      let needsIt = runtime === "std" || globalsOf[runtime]?.test(readFileSync(path, "utf8")) === true;
      for (const { from, target, typeOnly } of importsOf(path)) {
        if (typeOnly) continue;
        const needed =
          target === null
            ? (packageRuntime(from) ?? wrong.push(`${path} imports ${from}, whose runtime nobody has said`))
            : (/\.(main|preload|dom|node|worklet|std)\.tsx?$/.exec(target)?.[1] ?? "std");
        if (typeof needed === "number") continue;
        if (!allowed.includes(needed)) wrong.push(`${path} imports ${from}`);
        if (needed === runtime) needsIt = true;
      }
      if (!needsIt) wrong.push(`${path}: nothing in it needs ${runtime}`);
    }
    expect(wrong).toEqual([]);
  });

  test("no module is larger than one room", () => {
    const large = files
      .filter((path) => !path.includes(".test."))
      .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length }))
      .filter(({ lines }) => lines > 500);
    expect(large).toEqual([]);
  });

  test("no folder is called utils, helpers or common", () => {
    expect(files.filter((path) => /\/(utils|helpers|common)\//.test(path))).toEqual([]);
  });
});
