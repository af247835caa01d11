/**
 * The whole platform on this machine: the Worker's own bundle on workerd, with D1, R2, the rooms and cron, kept on disk in one
 * folder. Used by `npm start`, the demo, the end-to-end tests and the benchmarks, so all of them run what is deployed.
 */
import { spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { assetsDir } from "./build.ts";
import { migrate, storeOf } from "./database.ts";
import { Mailbox } from "./mailbox.ts";
import { newOpaqueSetup } from "./secrets.ts";
import { steady } from "./steady.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundleDir = join(root, "dist", "worker");
const optionsPath = join(root, "dist", "worker-options.json");

export interface PlatformOptions {
  /** Where D1, R2 and the rooms live; made if missing. */
  stateDir: string;
  /** 0 takes a free port. */
  port?: number;
  /** Replaces or adds variables and secrets of the Worker. */
  bindings?: Record<string, string>;
  onLog?: (line: string) => void;
  /** Lifts the limits that each network has (wrangler.toml): everybody on this machine is one network, and a bench is a crowd. */
  isCrowd?: boolean;
}

export interface Platform {
  origin: string;
  miniflare: Miniflare;
  db: Awaited<ReturnType<Miniflare["getD1Database"]>>;
  recordings: Awaited<ReturnType<Miniflare["getR2Bucket"]>>;
  /** Its `STORE_KEY`: whoever writes rows beside the Worker seals what is personal in them as it does. */
  storeKey: string;
  /** What it has sent: files on this machine. */
  mailbox: Mailbox;
  /** Runs the Worker's cron handler once, as the platform would. */
  runCron(scheduledTime?: Date, cron?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Bundles the Worker exactly as a deploy does, offline; skipped while the bundle is newer than every source. */
export function bundleWorker(): string {
  const bundle = join(bundleDir, "worker.js");
  const sources = globSync(
    [
      "{protocol,migrations,durable-objects,workers,site}/**/*.{ts,js,tsx,css,svg,wasm}",
      "wrangler.toml",
      "package-lock.json",
    ],
    { cwd: root },
  );
  const newestMs = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));
  if (existsSync(bundle) && existsSync(assetsDir) && statSync(bundle).mtimeMs > newestMs) return bundle;
  const wrangler = spawnSync("wrangler", ["deploy", "--dry-run", "--outdir", bundleDir], {
    cwd: root,
    encoding: "utf8",
  });
  if (wrangler.status !== 0) throw new Error(`The Worker could not be bundled:\n${wrangler.stdout}${wrangler.stderr}`);
  return bundle;
}

/**
 * wrangler.toml as Miniflare takes it, read by Wrangler itself; kept beside the bundle while it is newer than what it is made of, since
 * Wrangler takes two seconds to be loaded, and every program that starts a platform would wait for them.
 */
async function workerOptions(): Promise<WorkerOptions> {
  const madeOf = ["wrangler.toml", "package-lock.json"].map((name) => statSync(join(root, name)).mtimeMs);
  if (!existsSync(optionsPath) || statSync(optionsPath).mtimeMs <= Math.max(...madeOf)) {
    const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
    const {
      rootPath: _,
      modulesRules: __,
      ...made
    } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml")).workerOptions;
    // Whole or not at all: two programs may write it at once.
    const making = `${optionsPath}.${randomUUID()}`;
    mkdirSync(join(root, "dist"), { recursive: true });
    writeFileSync(making, JSON.stringify(made));
    renameSync(making, optionsPath);
  }
  return JSON.parse(readFileSync(optionsPath, "utf8"));
}

/** The secrets of this checkout's own platform: made at random once, kept beside its data, never in the repository. */
async function localSecrets(stateDir: string): Promise<Record<string, string>> {
  const path = join(stateDir, "secrets.json");
  const secrets: Record<string, string> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  for (const name of ["TICKET_KEY", "TURN_KEY", "LINK_KEY", "STORE_KEY"])
    secrets[name] ??= randomBytes(32).toString("base64url");
  secrets.OPAQUE_SETUP ??= await newOpaqueSetup();
  writeFileSync(path, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

type WorkerOptions = Omit<
  ReturnType<typeof import("wrangler").unstable_getMiniflareWorkerOptions>["workerOptions"],
  "rootPath" | "modulesRules"
>;
type Limits = Record<string, { namespace_id: string; simple: { limit: number; period?: 10 | 60 } }>;
const forACrowd = (limits: Limits): Limits =>
  Object.fromEntries(
    Object.entries(limits).map(([name, { simple, ...rest }]) => [name, { ...rest, simple: { ...simple, limit: 1e9 } }]),
  );

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const bundle = bundleWorker();
  mkdirSync(options.stateDir, { recursive: true });
  migrate(options.stateDir);
  const secrets = await localSecrets(options.stateDir);
  const worker = await workerOptions();
  const log = options.onLog;
  const mailbox = new Mailbox(options.stateDir, log);
  const modules = globSync("*.{js,wasm}", { cwd: bundleDir }).map((name) => ({
    type: name.endsWith(".wasm") ? ("CompiledWasm" as const) : ("ESModule" as const),
    path: join(bundleDir, name),
  }));
  modules.sort((a, b) => Number(b.path === bundle) - Number(a.path === bundle));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: options.port ?? 0,
      cf: false,
      log: mailbox,
      resourcePersistencePath: storeOf(options.stateDir),
      handleStructuredLogs: (entry) => log?.(`${entry.level}: ${entry.message}`),
      workers: [
        {
          ...worker,
          ...(options.isCrowd === true ? { ratelimits: forACrowd((worker.ratelimits ?? {}) as Limits) } : {}),
          name: "sessionlinked",
          rootPath: root,
          modulesRoot: bundleDir,
          modules,
          bindings: {
            ...(worker.bindings as Record<string, string> | undefined),
            ENVIRONMENT: "local",
            ...secrets,
            ...options.bindings,
          },
        },
      ],
    }),
  );
  const url = await miniflare.ready;
  return {
    origin: url.origin,
    miniflare,
    db: steady(await miniflare.getD1Database("DB")),
    recordings: steady(await miniflare.getR2Bucket("RECORDINGS")),
    storeKey: options.bindings?.STORE_KEY ?? secrets.STORE_KEY ?? "",
    mailbox,
    async runCron(scheduledTime = new Date(), cron = "*/5 * * * *") {
      // It may be run twice, as the platform's may.
      const fetcher = steady(await miniflare.getWorker("sessionlinked"));
      await fetcher.scheduled({ scheduledTime, cron });
    },
    stop: () => miniflare.dispose(),
  };
}
