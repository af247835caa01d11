/**
 * `npm run deploy`: bundles the Worker and hands it to Cloudflare. `--dry-run` stops after the bundle, needs no network, and
 * prints what would go up and how large it is.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { bundleWorker } from "./platform.ts";

/** Cloudflare's limit for a Worker script on the paid plan, after gzip (Workers platform limits, "Worker size"). */
const WORKER_MAX_GZIP_BYTES = 10 * 1024 * 1024;

const bundle = readFileSync(bundleWorker());
const gzipBytes = gzipSync(bundle, { level: 9 }).byteLength;
const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
const share = ((gzipBytes / WORKER_MAX_GZIP_BYTES) * 100).toFixed(1);
console.log(
  `Worker script: ${kib(bundle.byteLength)}, ${kib(gzipBytes)} compressed (${share} % of what a Worker may be).`,
);

const wrangler = spawnSync("wrangler", ["deploy", ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(wrangler.status ?? 1);
