/**
 * The module graph: which file imports which, type imports included, folded to the rooms (folders) that docs/ARCHITECTURE.md draws.
 * The order of the floors is data here, so that the map can be printed and the tidy test can hold the house to it.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface Import {
  /** What is written between the quotes. */
  from: string;
  /** The file it names, relative to the repository; `null` for a package. */
  target: string | null;
  typeOnly: boolean;
}

export interface House {
  name: string;
  /** The folder whose subfolders are the rooms; `""` for the repository itself. */
  root: string;
  /** Rooms by floor, ground first. A room may import from any floor below its own, and from nothing beside it. */
  floors: readonly (readonly string[])[];
}

export const houses: readonly House[] = [
  {
    name: "the whole house",
    root: "",
    floors: [
      ["protocol"],
      ["audio", "migrations", "durable-objects"],
      ["site", "companion"],
      ["workers"],
      ["dev"],
      ["bench"],
      ["test"],
    ],
  },
  {
    name: "workers",
    root: "workers/",
    floors: [
      ["platform"],
      ["http"],
      ["auth"],
      ["mail"],
      ["rooms"],
      ["sessions", "wallet"],
      ["recordings", "hub", "waitlist"],
      ["accounts", "messages"],
      ["privacy"],
      ["pages", "operator", "cron"],
      ["testing"],
    ],
  },
  {
    name: "companion/engine",
    root: "companion/engine/",
    floors: [
      ["clock", "api", "native"],
      ["account", "archive", "room", "midi", "capture", "stems"],
      ["links", "transport", "project", "upload"],
      ["delivery", "recording", "sound"],
      ["copies"],
      ["studio"],
    ],
  },
];

const topRooms = "protocol,audio,migrations,durable-objects,workers,companion,site,dev,bench,test";

/** Every module of ours, built files left out. */
export const sourceFiles = (): string[] =>
  globSync(`{${topRooms}}/**/*.{ts,tsx}`).filter((path) => !path.startsWith("site/built/"));

export function importsOf(path: string): Import[] {
  const statements = readFileSync(path, "utf8").matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|(typeof\s+)?import\("([^"]+)"\)/gm,
  );
  return [...statements].map((match) => {
    const from = match[2] ?? match[3] ?? match[5] ?? "";
    return {
      from,
      target: from.startsWith(".") ? normalize(join(dirname(path), from)) : null,
      typeOnly: match[1] !== undefined || match[4] !== undefined,
    };
  });
}

export interface Arrow {
  from: string;
  to: string;
  /** The imports it stands for, as `file -> file`. */
  imports: string[];
  againstTheOrder: boolean;
}

/** Arrows between the rooms of a house. Tests are left out: they may look at everything. */
export function arrowsOf(house: House, files = sourceFiles()): Arrow[] {
  const floorOf = new Map(house.floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));
  const roomOf = (path: string) => {
    if (!path.startsWith(house.root)) return null;
    const [room = "", ...rest] = path.slice(house.root.length).split("/");
    return rest.length > 0 ? room : null;
  };
  const arrows = new Map<string, Arrow>();
  for (const path of files) {
    const room = roomOf(path);
    if (room === null || path.includes(".test.")) continue;
    for (const { target, typeOnly } of importsOf(path)) {
      const to = target === null ? null : roomOf(target);
      if (target === null || to === null || to === room) continue;
      // Of the whole house, types may come from anywhere: the API's own type is what its callers are checked against.
      if (house.root === "" && typeOnly) continue;
      const key = `${room} ${to}`;
      const arrow = arrows.get(key) ?? {
        from: room,
        to,
        imports: [],
        againstTheOrder: (floorOf.get(room) ?? -1) <= (floorOf.get(to) ?? Number.POSITIVE_INFINITY),
      };
      arrow.imports.push(`${path} -> ${target}`);
      arrows.set(key, arrow);
    }
  }
  return [...arrows.values()];
}

/** Files that import each other in a circle, types included (Tarjan 1972, strongly connected components). */
export function circlesOf(files = sourceFiles()): string[][] {
  const graph = new Map(
    files.map((path) => [path, importsOf(path).flatMap(({ target }) => (target === null ? [] : [target]))]),
  );
  const indexOf = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];
  const visit = (path: string): void => {
    const index = indexOf.size;
    indexOf.set(path, index);
    low.set(path, index);
    stack.push(path);
    onStack.add(path);
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue;
      if (!indexOf.has(next)) visit(next);
      if (onStack.has(next)) {
        const reached = Math.min(low.get(path) ?? 0, low.get(next) ?? 0);
        low.set(path, reached);
      }
    }
    if (low.get(path) !== index) return;
    const circle: string[] = [];
    for (let top = ""; top !== path; ) {
      top = stack.pop() ?? path;
      onStack.delete(top);
      circle.push(top);
    }
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const path of graph.keys()) if (!indexOf.has(path)) visit(path);
  return circles;
}

/** The map as text: rooms, arrows, arrows against the order, circles. */
export function drawMap(): string {
  const files = sourceFiles();
  const lines: string[] = [];
  for (const house of houses) {
    const arrows = arrowsOf(house, files);
    const wrong = arrows.filter(({ againstTheOrder }) => againstTheOrder);
    const rooms = house.floors.flat();
    lines.push(`${house.name}: ${rooms.length} rooms, ${arrows.length} arrows, ${wrong.length} against the order`);
    for (const [floor, floorRooms] of [...house.floors.entries()].reverse()) {
      lines.push(`  ${floor}  ${floorRooms.join("  ")}`);
    }
    for (const { from, to, imports } of wrong)
      lines.push(`  against the order: ${from} -> ${to}`, ...imports.map((one) => `    ${one}`));
  }
  const circles = circlesOf(files);
  lines.push(
    `${circles.length} circles in ${files.length} files`,
    ...circles.map((circle) => `  ${circle.join(", ")}`),
  );
  return lines.join("\n");
}
