/** Accents that people can have. In a larger session they repeat, and names tell people apart. */
const ACCENTS = 8;

/** FNV-1a, 32 bits: spreads ids evenly, and is the same wherever it runs. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * The accent of each member of a session, 1 to 8, in the order in which they joined: the same on every screen. It comes from the id, so
 * that it stays when somebody else leaves; whoever joins later takes the next free one.
 */
export function accentsOf(memberIds: readonly string[]): Map<string, number> {
  const accents = new Map<string, number>();
  const taken = new Set<number>();
  for (const memberId of memberIds) {
    if (taken.size === ACCENTS) taken.clear();
    let accent = spread(memberId) % ACCENTS;
    while (taken.has(accent)) accent = (accent + 1) % ACCENTS;
    taken.add(accent);
    accents.set(memberId, accent + 1);
  }
  return accents;
}
