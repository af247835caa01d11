/** Writes docs/STORAGE.md from the data inventory; a test beside the tidy ones fails when the two differ. `node dev/storage-doc.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inventory, type Rule } from "../workers/privacy/inventory.ts";

const intro = `# What is stored, and for how long

Written by \`dev/storage-doc.ts\` from [workers/privacy/inventory.ts](../workers/privacy/inventory.ts), which does not compile while a table or
a column is without a rule. Everything at rest is in the EU ([workers/platform/jurisdiction.ts](../workers/platform/jurisdiction.ts), wrangler.toml).

## R2: the bucket \`RECORDINGS\`

| key | what | ends |
|---|---|---|
| \`recordings/{sessionId}/{recordingId}.wav\` | a shared stem, or the parts of one that is being uploaded | with its row |
| \`recordings/{sessionId}/{recordingId}.peaks\` | its waveform | with its row |
| \`samples/{profileId}\` | the sound on a profile | when it is replaced or taken away |

A session's objects share a prefix, so its deletion finds them without asking D1. Objects go first and rows last: a row is how the sweep
would find an object again. R2 itself drops an unfinished upload after seven days; ours is given up after six.

## The room: one Durable Object's SQLite for each session

The numbered log (transport, chat, notes, roles, presence), tickets that were used, and who was removed. Emptied when the session is
deleted; the rules are in [PROTOCOL.md](PROTOCOL.md). Signalling, statuses and pings are never stored.

## The companion's disk

\`{name}.wav\` (Broadcast Wave), \`{name}.wav.json\` (its place, clock map, hash, and whether it is shared) and \`{name}.wav.peaks\` for each
stem; \`originals/\` for what came from the others, \`aligned/\` for copies in session time; \`session.rpp\`, \`session.dawproject\` and
\`session.json\` (what is laid where); \`companion.lock\` while a companion is at work. Nothing of it leaves the machine before the person shares it.

## D1

Besides these, \`hub_search\` is the full-text index over published profiles: a profile's words leave it when it is made private.
`;

/** The whole document. */
export function storageDocument(): string {
  const tables = Object.entries<Rule<string>>(inventory as Record<string, Rule<string>>).map(([name, rule]) => {
    const named = (kind: "export" | "secret" | "internal") =>
      Object.entries(rule.columns)
        .filter(([, value]) => value === kind)
        .map(([column]) => column)
        .join(", ");
    const subject =
      rule.subject === null
        ? "nobody"
        : typeof rule.subject === "string"
          ? rule.subject
          : `through ${rule.subject.through}`;
    return [
      `\n### ${name}\n`,
      `${rule.purpose} Kept ${rule.retention}. Basis: ${rule.lawfulBasis}. About: ${subject}. When the account goes: ${rule.erasure}.\n`,
      `- in an export: ${named("export") || "nothing"}`,
      ...(named("secret") === "" ? [] : [`- secret: ${named("secret")}`]),
      ...(named("internal") === "" ? [] : [`- ours alone: ${named("internal")}`]),
    ].join("\n");
  });
  return `${intro}${tables.join("\n")}\n`;
}

if (import.meta.main)
  writeFileSync(join(fileURLToPath(new URL("..", import.meta.url)), "docs", "STORAGE.md"), storageDocument());
