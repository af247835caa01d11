import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { promises } from "../../site/built/promises.ts";
import { renderedOnce } from "../../site/design/static-markup.tsx";
import { negotiate } from "../../site/i18n/language.ts";
import { Design, designParts, designScenes } from "../../site/views/design.tsx";
import { Companion, Paper, Prices } from "../../site/views/front.tsx";
import { Help } from "../../site/views/help.tsx";
import { Home } from "../../site/views/home.tsx";
import { Policy, Privacy } from "../../site/views/privacy/policy.tsx";
import { Promises, PromisesTable } from "../../site/views/promises.tsx";
import { Runs } from "../../site/views/runs.tsx";
import { RoomPage } from "../../site/views/sessions/room.tsx";
import { type Measured, Status } from "../../site/views/status.tsx";
import { costs } from "../http/costs.ts";
import { matchesNone } from "../http/preconditions.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { answers } from "../platform/database.ts";
import { sha256Hex } from "../platform/hash.ts";
import { policyLengths } from "../privacy/policy-text.ts";
import { changedNumbers, policyVersions } from "../privacy/policy-versions.ts";
import { register, registerAsJsonLd } from "../privacy/register.ts";
import { recipientWords } from "../privacy/retention-words.ts";
import { newestRuns } from "../privacy/run-chain.ts";
import { pageOf, sendPage, strangerPage, type Visit, withPage } from "./page.ts";
import { pictureOfSite } from "./picture.ts";
import { pageProblem } from "./problem.tsx";

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1b1816"/><path fill="#f39a55" d="M4 14V9h4v5zm6 0V5h3v9z"/><path fill="#63bfd8" d="M19 18v9h3v-9zm5 0v5h4v-5z"/><path stroke="#f3efe8" stroke-width="2" d="M3 16h26M16 3v26"/></svg>`;

/** Milliseconds until something answered; `null` if it did not. */
async function answerMs(c: AppContext, asked: () => Promise<unknown>): Promise<number | null> {
  const startedAtMs = c.var.deps.now();
  try {
    await asked();
    return c.var.deps.now() - startedAtMs;
  } catch {
    return null;
  }
}

function showHome(c: AppContext, { page }: Visit) {
  return sendPage(c, <Home page={page} />);
}

function showHelp(c: AppContext, { page }: Visit) {
  return sendPage(c, <Help page={page} />);
}

function showCompanion(c: AppContext, { page }: Visit) {
  return sendPage(c, <Companion page={page} />);
}

function showPrices(c: AppContext, { page }: Visit) {
  return sendPage(c, <Prices page={page} />);
}

function showTerms(c: AppContext, { page }: Visit) {
  return sendPage(c, <Paper page={page} name="terms" />);
}

function showImprint(c: AppContext, { page }: Visit) {
  return sendPage(c, <Paper page={page} name="imprint" />);
}

function showSecurity(c: AppContext, { page }: Visit) {
  return sendPage(c, <Paper page={page} name="security" />);
}

/** What has answered is not asked again for so long: whoever opens the page in a crowd asks nothing of what they worry about. */
const MEASURED_KEPT_MS = 5_000;
let measuredKept: Measured | undefined;

async function measure(c: AppContext): Promise<Measured> {
  const atMs = c.var.deps.now();
  if (measuredKept !== undefined && Math.abs(atMs - measuredKept.atMs) < MEASURED_KEPT_MS) return measuredKept;
  const [database, store] = await Promise.all([
    answerMs(c, () => answers(c.env.DB)),
    answerMs(c, () => c.env.RECORDINGS.head("status")),
  ]);
  const measured = { atMs, database, store };
  if (database !== null && store !== null) measuredKept = measured;
  return measured;
}

async function showStatus(c: AppContext) {
  // The page itself needs no database: it may be what is away.
  const page = await pageOf(c).catch(() => strangerPage(c));
  return sendPage(c, <Status page={page} measured={await measure(c)} protocolVersion={PROTOCOL_VERSION} />);
}

const policy = renderedOnce((page) => {
  const versions = policyVersions.toReversed().map((one) => ({
    version: one.version,
    fromAtMs: one.fromAtMs,
    change: one.change?.[page.language] ?? null,
    numbers: changedNumbers(one),
  }));
  const holdings = register.map((activity) => ({
    ...activity,
    purpose: activity.purpose[page.language],
    until: activity.until[page.language],
    recipients: activity.recipients.map((recipient) => recipientWords[recipient][page.language]),
  }));
  return <Policy page={page} versions={versions} lengths={policyLengths} holdings={holdings} />;
});

function showPrivacy(c: AppContext, { page }: Visit) {
  return sendPage(c, <Privacy page={page}>{policy(page)}</Privacy>);
}

const promisesTable = renderedOnce((page) => <PromisesTable page={page} table={promises} />);

function showPromises(c: AppContext, { page }: Visit) {
  return sendPage(c, <Promises page={page}>{promisesTable(page)}</Promises>);
}

/** Lines of the chain that the page shows. */
const RUNS_SHOWN = 50;

async function showRuns(c: AppContext, { page }: Visit) {
  return sendPage(c, <Runs page={page} runs={await newestRuns(c.env.DB, RUNS_SHOWN)} />);
}

function showDesign(c: AppContext, { page }: Visit) {
  if (c.env.ENVIRONMENT !== "local") return pageProblem(c, "not-found");
  const part = designParts.find((one) => one === c.req.query("part")) ?? "site";
  if (part !== "room") return sendPage(c, <Design page={page} part={part} />);
  const scene = designScenes.find((one) => one === c.req.query("scene")) ?? "";
  const ids = { sessionId: `ses_${"0".repeat(26)}`, memberId: `mem_${"0".repeat(26)}` };
  const session = { ...ids, role: "host", accents: {}, name: "Night bus, second verse" } as const;
  return sendPage(c, <RoomPage page={page} session={session} scene={scene} />);
}

/** The register for machines, made once; whoever asks by another address of ours has it made anew. */
let registerKept = { origin: "", text: "", etag: "" };

async function sendRegister(c: AppContext) {
  const { origin } = new URL(c.req.url);
  if (registerKept.origin !== origin) {
    const text = JSON.stringify(registerAsJsonLd(origin));
    const etag = `"${(await sha256Hex(text)).slice(0, 32)}"`;
    registerKept = { origin, text, etag };
  }
  const { text, etag } = registerKept;
  const headers = { ETag: etag, "Cache-Control": "public, max-age=3600" };
  if (matchesNone(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
  return c.body(text, 200, { ...headers, "Content-Type": "application/ld+json" });
}

async function sendAsset(c: AppContext) {
  // The name alone: whatever else is in the folder is nobody's.
  const name = c.req.param("name") ?? "";
  if (!/^[\w.-]{1,100}$/.test(name)) return c.notFound();
  const file = await c.env.ASSETS.fetch(new Request(new URL(`/assets/${name}`, c.req.url), c.req.raw));
  return file.status === 404 ? c.notFound() : new Response(file.body, file);
}

async function sendPicture(c: AppContext) {
  const { etag, png } = await pictureOfSite(negotiate(c.req.query("lang"), c.req.header("Accept-Language")));
  const headers = { "Content-Type": "image/png", "Cache-Control": "public, max-age=86400", ETag: etag };
  return matchesNone(c.req.header("If-None-Match"), etag) ? c.body(null, 304, headers) : c.body(png, 200, headers);
}

function sendFavicon(c: AppContext) {
  return c.body(favicon, 200, { "Content-Type": "image/svg+xml" });
}

function sendManifest(c: AppContext) {
  return c.body(
    JSON.stringify({
      name: "SessionLinked",
      start_url: "/",
      display: "browser",
      icons: [{ src: "/favicon.svg", sizes: "any", type: "image/svg+xml" }],
    }),
    200,
    { "Content-Type": "application/manifest+json" },
  );
}

/** The site's contents page. */
export const pages = newRouter();
pages.get("/", costs("read"), withPage(showHome));
pages.get("/help", costs("free"), withPage(showHelp));
pages.get("/companion", costs("free"), withPage(showCompanion));
pages.get("/prices", costs("free"), withPage(showPrices));
pages.get("/terms", costs("free"), withPage(showTerms));
pages.get("/imprint", costs("free"), withPage(showImprint));
pages.get("/security", costs("free"), withPage(showSecurity));
pages.get("/status", costs("read"), showStatus);
pages.get("/privacy", costs("read"), withPage(showPrivacy));
pages.get("/promises", costs("read"), withPage(showPromises));
pages.get("/runs", costs("read"), withPage(showRuns));
pages.get("/design", costs("free"), needs("isolation"), withPage(showDesign));
pages.get("/picture.png", costs("search"), sendPicture);
pages.get("/privacy/register.jsonld", costs("search"), sendRegister);
pages.get("/assets/:name", costs("free"), sendAsset);
pages.get("/favicon.svg", costs("free"), sendFavicon);
pages.get("/manifest.webmanifest", costs("free"), sendManifest);
