import * as z from "zod";

/** Accents that people can have. In a larger session they repeat, and names tell people apart. */
const ACCENTS = 8;
export const Accent = z.int().min(1).max(ACCENTS);

/** FNV-1a, 32 bits: spreads ids evenly, and is the same wherever it runs. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A person's own accent, 1 to 8, from their account: theirs on the Hub, on their own pages and, if nobody there has it, in a session. */
export const accentOf = (accountId: string): number => (spread(accountId) % ACCENTS) + 1;

/**
 * The accent of each member of a session, by account, in the order in which they joined. Everybody has their own if they can; whoever
 * joins later and finds it taken gets the next free one.
 */
export function accentsOf(accountIds: readonly string[]): Map<string, number> {
  const accents = new Map<string, number>();
  const taken = new Set<number>();
  for (const accountId of accountIds) {
    if (taken.size === ACCENTS) taken.clear();
    let accent = accentOf(accountId);
    while (taken.has(accent)) accent = (accent % ACCENTS) + 1;
    taken.add(accent);
    accents.set(accountId, accent);
  }
  return accents;
}
