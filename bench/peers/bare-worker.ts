import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { newOpaqueSetup } from "../../dev/secrets.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A bare Worker on the same workerd, with a D1 of its own on disk and OPAQUE from the same file. */
export interface BareWorker {
  origin: string;
  stop(): Promise<void>;
}

export async function startBareWorker(stateDir: string): Promise<BareWorker> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      cf: false,
      resourcePersistencePath: stateDir,
      workers: [
        {
          name: "bare",
          compatibilityDate: "2026-10-01",
          d1Databases: ["DB"],
          ratelimits: { LIMIT: { namespace_id: "1", simple: { limit: 1e9, period: 60 } } },
          bindings: { OPAQUE_SETUP: await newOpaqueSetup() },
          rootPath: root,
          modulesRoot: root,
          modules: [
            { type: "ESModule", path: join(root, "bench", "peers", "bare-accounts.js") },
            { type: "ESModule", path: join(root, "site", "built", "opaque.js") },
            { type: "CompiledWasm", path: join(root, "site", "built", "opaque.wasm") },
          ],
        },
      ],
    }),
  );
  const { origin } = await miniflare.ready;
  const db = await miniflare.getD1Database("DB");
  for (const table of [
    "people (email TEXT PRIMARY KEY, id TEXT, record TEXT)",
    "buckets (key TEXT PRIMARY KEY, tokens INTEGER)",
    "waiting (id TEXT PRIMARY KEY, data TEXT)",
  ])
    await db.prepare(`CREATE TABLE ${table}`).run();
  return { origin, stop: () => miniflare.dispose() };
}
