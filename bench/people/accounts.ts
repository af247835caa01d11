import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as opaque from "@serenity-kit/opaque";
import { drizzle } from "drizzle-orm/d1";
import { percentile } from "../../dev/percentile.ts";
import { type Platform, startPlatform } from "../../dev/platform.ts";
import { seededIndex } from "../../dev/seed.ts";
import type { Sealed } from "../../migrations/schema/sealed.ts";
import { accounts, passwords } from "../../migrations/schema.ts";
import { newId } from "../../protocol/ids.ts";
import { startBareWorker } from "../peers/bare-worker.ts";
import type { Row } from "../row.ts";
import { workerdCpuMs } from "../workerd-cpu.ts";

const TRIES = 1_000;
const WARM_UP = 100;
const random = (length: number) => new Uint8Array(randomBytes(length));
/** Each from a network of its own: limits are not what is measured here. */
const anywhere = () => ({ "CF-Connecting-IP": [...random(4)].join("."), "Content-Type": "application/json" });

async function post(
  origin: string,
  path: string,
  body: unknown,
): Promise<{ status: number; json: unknown; tookMs: number }> {
  const startedAtMs = performance.now();
  const response = await fetch(`${origin}/api/v1${path}`, {
    method: "POST",
    headers: anywhere(),
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    tookMs: performance.now() - startedAtMs,
    json: text === "" ? null : JSON.parse(text),
  };
}

/**
 * How well the times of two groups tell them apart: the Mann–Whitney statistic as a normal deviate. Below 2.58 in absolute value the
 * two cannot be told apart at the level of one in a hundred.
 */
function deviate(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, own: true })), ...b.map((ms) => ({ ms, own: false }))].sort(
    (x, y) => x.ms - y.ms,
  );
  let ranks = 0;
  for (const [at, { own }] of all.entries()) if (own) ranks += at + 1;
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  return (u - mean) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
}

/** `count` accounts with one password's record, written directly; returns their addresses. */
async function seed(platform: Platform, count: number): Promise<string[]> {
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password: "benchmark" });
  const started = await post(platform.origin, "/passwords/start", { registrationRequest });
  const { registrationResponse } = started.json as { registrationResponse: string };
  const { registrationRecord } = opaque.client.finishRegistration({
    password: "benchmark",
    clientRegistrationState,
    registrationResponse,
  });
  const addresses = Array.from({ length: count }, () => `${newId("acc", random)}@example.org`);
  const db = drizzle(platform.db);
  for (let from = 0; from < count; from += 100) {
    const some = addresses.slice(from, from + 100);
    const indices = await Promise.all(some.map((email) => seededIndex(platform.storeKey, email)));
    const [first, ...rest] = indices.flatMap((emailIndex) => {
      const id = newId("acc", random);
      // Nobody writes to them: their addresses open for nobody.
      const email = `${id}:AAAA` as Sealed;
      const password = { accountId: id, userIdentifier: newId("usr", random), record: registrationRecord };
      return [
        db.insert(accounts).values({ id, email, emailIndex, displayName: email, createdAtMs: 0 }),
        db.insert(passwords).values({ ...password, setupVersion: 1, changedAtMs: 0 }),
      ];
    });
    if (first !== undefined) await db.batch([first, ...rest]);
  }
  return addresses;
}

type Ask = (address: string) => Promise<number>;

/** The same question about known and unknown addresses in turn, in an order drawn by chance. */
async function tellApart(name: string, known: readonly string[], ask: Ask): Promise<Row> {
  const times = { known: [] as number[], unknown: [] as number[] };
  const left = { known: TRIES + WARM_UP, unknown: TRIES + WARM_UP };
  // Drawn one by one: what a question leaves behind (a mail to send) then slows the next of either kind alike.
  while (left.known + left.unknown > 0) {
    const drawn = ((random(1)[0] ?? 0) & 1) === 0 ? "known" : "unknown";
    const kind = left[drawn] > 0 ? drawn : drawn === "known" ? "unknown" : "known";
    const at = --left[kind];
    const tookMs = await ask(kind === "known" ? (known[at] ?? "") : `${newId("acc", random)}@example.org`);
    if (at < TRIES) times[kind].push(tookMs);
  }
  const z = deviate(times.known, times.unknown);
  return {
    bench: "people",
    name: `${name}: known against unknown address, ${TRIES} tries each`,
    value: Math.abs(z),
    unit: "σ",
    beside: { "known, median ms": percentile(times.known, 0.5), "unknown, median ms": percentile(times.unknown, 0.5) },
    ratio: percentile(times.known, 0.5) / percentile(times.unknown, 0.5),
    goal: "≤ 2.58 σ (p ≥ 0.01)",
    ok: Math.abs(z) <= 2.58,
  };
}

const ASKED = 500;
/** What an answer may cost over a bare Worker that asks D1 the same and says the same word of OPAQUE: router, schemas, limits, headers. */
const GOAL = 1.5;

interface Cost {
  cpuMs: number;
  wallP95Ms: number;
}

/** What one question costs workerd, on whose CPU the Worker, this machine's D1 and its way in all are. */
async function costOf(ask: () => Promise<unknown>): Promise<Cost> {
  for (let at = 0; at < WARM_UP; at++) await ask();
  const before = workerdCpuMs();
  const times: number[] = [];
  for (let at = 0; at < ASKED; at++) {
    const startedAtMs = performance.now();
    await ask();
    times.push(performance.now() - startedAtMs);
  }
  return { cpuMs: (workerdCpuMs() - before) / ASKED, wallP95Ms: percentile(times, 0.95) };
}

const costRow = (name: string, own: Cost, bare: Cost, beside: Record<string, number>): Row => ({
  bench: "people",
  name: `${name}, CPU of workerd`,
  value: own.cpuMs,
  unit: "ms",
  beside: { "bare Worker": bare.cpuMs, ...beside, "p95 wall": own.wallP95Ms },
  ratio: own.cpuMs / bare.cpuMs,
  goal: `≤ ${GOAL} × bare Worker`,
  ok: own.cpuMs <= GOAL * bare.cpuMs,
});

/** The same word of OPAQUE from the platform, from a bare Worker that asks D1 as often, and from nothing but the arithmetic. */
async function costs(origin: string, bare: string, known: readonly string[], signIn: Ask): Promise<Row[]> {
  const { registrationRequest } = opaque.client.startRegistration({ password: "benchmark" });
  const { startLoginRequest } = opaque.client.startLogin({ password: "benchmark" });
  const keys = (count: number) => JSON.stringify(Array.from({ length: count }, () => newId("key", random)));
  const say = async (path: string, body: unknown) => {
    const response = await fetch(bare + path, { method: "POST", body: JSON.stringify(body) });
    await response.text();
    if (!response.ok) throw new Error(`The bare Worker answered ${response.status}.`);
  };
  const look = async (url: string) => await (await fetch(url)).text();
  const nothing = await costOf(() => look(`${bare}/`));
  const health = await costOf(() => look(`${origin}/api/v1/health`));
  const register = await costOf(() => post(origin, "/passwords/start", { registrationRequest }));
  const bareRegister = await costOf(() => say("/register", { registrationRequest, keys: keys(2) }));
  const registerOnly = await costOf(() => say("/register-only", { registrationRequest }));
  const email = () => known[(random(1)[0] ?? 0) + 1] ?? "";
  const own = await costOf(() => signIn(email()));
  const bareSignIn = await costOf(() => say("/sign-in", { email: email(), startLoginRequest, keys: keys(4) }));
  const signInOnly = await costOf(() => say("/sign-in-only", { startLoginRequest }));
  const beside = (only: Cost) => ({ health: health.cpuMs, "OPAQUE alone": only.cpuMs - nothing.cpuMs });
  return [
    costRow("OPAQUE, registration's answer", register, bareRegister, beside(registerOnly)),
    costRow("OPAQUE, sign-in's answer", own, bareSignIn, beside(signInOnly)),
  ];
}

/** What OPAQUE costs the server, and whether time tells who has an account (X19). */
export async function run(): Promise<Row[]> {
  await opaque.ready;
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-bench-"));
  const platform = await startPlatform({ isCrowd: true, stateDir: folder });
  const bare = await startBareWorker(join(folder, "bare"));
  try {
    const { origin } = platform;
    const known = await seed(platform, TRIES + WARM_UP);
    const { startLoginRequest } = opaque.client.startLogin({ password: "benchmark" });
    const signIn: Ask = async (email) =>
      (await post(origin, "/sign-in/password/start", { email, startLoginRequest })).tookMs;
    const rows = [
      ...(await costs(origin, bare.origin, known, signIn)),
      await tellApart("sign-in", known, signIn),
      await tellApart("reset", known, async (email) => (await post(origin, "/reset", { email })).tookMs),
      await tellApart("sign-up", known, async (email) => {
        const person = { email, displayName: "Ada", isSixteen: true };
        return (await post(origin, "/sign-up", person)).tookMs;
      }),
    ];
    return rows;
  } finally {
    await bare.stop();
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
