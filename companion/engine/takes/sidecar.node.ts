import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Stem } from "./stem.std.ts";

const sidecarOf = (path: string) => `${path}.json`;

/** Written aside and moved into place, so that a reader finds the old one or the new one and never half of it. */
export function writeSidecar(stem: Stem): void {
  const path = sidecarOf(stem.path);
  writeFileSync(`${path}.part`, JSON.stringify(stem, null, 2));
  renameSync(`${path}.part`, path);
}

/** The stem beside whose file this sidecar lies, wherever its folder has been moved to; `null` if it is not one of ours. */
export function readSidecar(path: string): Stem | null {
  try {
    return { ...Stem.parse(JSON.parse(readFileSync(sidecarOf(path), "utf8"))), path };
  } catch {
    return null;
  }
}
