import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** Which rooms of the house each room may open a door to. The arrows of docs/ARCHITECTURE.md, as data. */
const mayImport: Record<string, readonly string[]> = {
  protocol: ["protocol"],
  audio: ["audio", "protocol"],
  migrations: ["migrations"],
  "durable-objects": ["durable-objects", "protocol"],
  workers: ["workers", "durable-objects", "protocol", "audio", "migrations", "site"],
  companion: ["companion", "audio", "protocol"],
  site: ["site", "audio", "protocol"],
  dev: ["dev", "protocol", "audio", "migrations", "workers", "companion"],
  bench: ["bench", "dev", "protocol", "audio", "migrations", "companion", "durable-objects", "workers"],
  test: ["test", "dev", "protocol", "audio", "migrations", "companion", "durable-objects", "workers", "site"],
};

/** Names that a file may not import for its runtime, by the word before `.ts` in companion/. */
const runtimes = ["main", "preload", "dom", "node", "worklet", "std"];

const files = globSync(
  "{protocol,audio,migrations,durable-objects,workers,companion,site,dev,bench,test}/**/*.{ts,tsx}",
);

interface Import {
  from: string;
  typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const source = readFileSync(path, "utf8");
  const found = [
    ...source.matchAll(
      /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|import\("([^"]+)"\)/gm,
    ),
  ];
  return found.map((match) => ({ typeOnly: match[1] !== undefined, from: match[2] ?? match[3] ?? match[4] ?? "" }));
}

describe("tidy", () => {
  test("imports flow one way", () => {
    const wrong: string[] = [];
    for (const path of files) {
      const room = path.split("/")[0] ?? "";
      if (path.includes(".test.")) continue;
      for (const { from, typeOnly } of importsOf(path)) {
        if (!from.startsWith(".") || typeOnly) continue;
        const target = normalize(join(dirname(path), from)).split("/")[0] ?? "";
        if (!(mayImport[room] ?? []).includes(target)) wrong.push(`${path} imports ${from}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("protocol imports nothing but zod", () => {
    const wrong = files
      .filter((path) => path.startsWith("protocol/") && !path.includes(".test."))
      .flatMap((path) => importsOf(path).map(({ from }) => ({ path, from })))
      .filter(({ from }) => !from.startsWith("./") && from !== "zod");
    expect(wrong).toEqual([]);
  });

  test("companion file names say their runtime, and the imports agree", () => {
    const wrong: string[] = [];
    for (const path of files.filter((path) => path.startsWith("companion/"))) {
      const runtime =
        path
          .replace(/\.test\.tsx?$/, "")
          .replace(/\.tsx?$/, "")
          .split(".")
          .pop() ?? "";
      if (path.includes(".test.")) continue;
      if (!runtimes.includes(runtime)) {
        wrong.push(`${path}: no runtime in its name`);
        continue;
      }
      for (const { from, typeOnly } of importsOf(path)) {
        if (typeOnly) continue;
        const node = from.startsWith("node:") || from === "@roamhq/wrtc" || from === "ws";
        if (node && !["node", "main", "preload"].includes(runtime)) wrong.push(`${path} imports ${from}`);
        if (from === "electron" && !["main", "preload"].includes(runtime)) wrong.push(`${path} imports ${from}`);
        const target = /\.(main|preload|dom|node|worklet|std)\.tsx?$/.exec(from)?.[1];
        if (runtime === "std" && target !== undefined && target !== "std") wrong.push(`${path} imports ${from}`);
        if (runtime === "worklet" && target !== undefined && !["worklet", "std"].includes(target))
          wrong.push(`${path} imports ${from}`);
        if (runtime === "dom" && target !== undefined && !["dom", "std"].includes(target))
          wrong.push(`${path} imports ${from}`);
      }
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
