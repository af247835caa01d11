import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { startLocal } from "../dev/local.ts";
import { bundleWorker } from "../dev/platform.ts";
import type { Row } from "./row.ts";

async function timed(start: () => Promise<() => Promise<void>>): Promise<number> {
  const startedAtMs = performance.now();
  const stop = await start();
  const tookMs = performance.now() - startedAtMs;
  await stop();
  return tookMs / 1000;
}

/** How long until the platform serves, beside a bare Worker on the same workerd; and how large the Worker is. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  try {
    const bytes = gzipSync(readFileSync(bundleWorker()), { level: 9 }).byteLength;
    const ours = async () => {
      const local = await startLocal({ stateDir: folder });
      await fetch(`${local.platform.origin}/api/v1/health`);
      return () => local.stop();
    };
    const bare = async () => {
      const script = "export default { fetch: () => new Response('ok') }";
      const miniflare = new Miniflare(
        convertV4MiniflareOptions({ cf: false, workers: [{ name: "bare", modules: true, script }] }),
      );
      await fetch(await miniflare.ready);
      return () => miniflare.dispose();
    };
    const first = await timed(ours);
    const second = await timed(ours);
    const floor = await timed(bare);
    const row = (name: string, value: number): Row => ({
      bench: "platform",
      name,
      value,
      unit: "s",
      beside: { "bare workerd": floor },
      ratio: value / floor,
      goal: "≤ 5 s",
      ok: value <= 5,
    });
    return [
      row("from nothing to serving, new database", first),
      row("from nothing to serving, second run", second),
      {
        bench: "platform",
        name: "Worker, compressed",
        value: bytes / 1024,
        unit: "KiB",
        beside: { "Cloudflare's limit": 10_240 },
        ratio: bytes / 1024 / 10_240,
        goal: "≤ 1,024 KiB",
        ok: bytes <= 1024 * 1024,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
