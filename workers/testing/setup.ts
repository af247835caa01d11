import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { flushed } from "../mail/flush.ts";
import { forgetKept } from "../platform/personal-keys.ts";

// As `test/runs.ts` has it for Node: a run is about what was changed.
fc.configureGlobal({ seed: 1 });

/** So often a store is emptied that somebody still wrote to while it went. */
const RESETS_MAX = 100;

const isEmpty = async () =>
  (await env.DB.prepare("SELECT 1 FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' LIMIT 1").first()) ===
    null && (await env.RECORDINGS.list({ limit: 1 })).objects.length === 0;

// One runtime serves file after file: starting one and importing the Worker into it costs five seconds of CPU, more than most files'
// tests. So each file begins with a look: nothing that the one before began still runs, and nothing is stored.
await flushed();
let resets = 0;
do {
  if (++resets > RESETS_MAX) throw new Error("What an earlier file has stored does not go.");
  await reset();
} while (!(await isEmpty()));
forgetKept();
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
