import type { Language } from "../../protocol/accounts.ts";
import { languages } from "../../site/i18n/language.ts";
import { blocksOf, compareTexts } from "../../site/policies/difference.ts";
import { PolicyVersionPage } from "../../site/views/privacy/versions.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { type PolicyVersion, policyVersions } from "../privacy/policy-versions.ts";
import { sendPage, type Visit, withPage } from "./page.ts";
import { pageProblem } from "./problem.tsx";

const versionNamed = (name: string | undefined): PolicyVersion | undefined =>
  policyVersions.find(({ version }) => String(version) === name);

/** The text of a version as it is kept among the site's own files. */
async function keptText(c: AppContext, { version }: PolicyVersion, language: Language): Promise<string> {
  const kept = await c.env.ASSETS.fetch(new URL(`/policies/${version}.${language}.txt`, c.req.url));
  if (!kept.ok) throw new Error(`The policy's version ${version} is not among the site's files: ${kept.status}.`);
  return kept.text();
}

async function showVersion(c: AppContext, { page }: Visit) {
  const one = versionNamed(c.req.param("version"));
  const beside = c.req.query("beside");
  const other = versionNamed(beside);
  if (one === undefined || (beside !== undefined && other === undefined)) return pageProblem(c, "not-found");
  const text = await keptText(c, one, page.language);
  const untilMs = policyVersions.find(({ version }) => version === one.version + 1)?.fromAtMs ?? null;
  const shared = {
    page,
    version: one.version,
    fromAtMs: one.fromAtMs,
    untilMs,
    sha256: one.sha256[page.language],
    others: policyVersions
      .map(({ version }) => version)
      .filter((version) => version !== one.version)
      .reverse(),
  };
  if (other === undefined || other === one)
    return sendPage(c, <PolicyVersionPage {...shared} shown={blocksOf(text)} />);
  const otherText = await keptText(c, other, page.language);
  const isOlder = one.version < other.version;
  const comparison = {
    older: Math.min(one.version, other.version),
    newer: Math.max(one.version, other.version),
    sections: isOlder ? compareTexts(text, otherText) : compareTexts(otherText, text),
  };
  return sendPage(c, <PolicyVersionPage {...shared} shown={comparison} />);
}

/** The kept text itself, whose hash the page shows. */
async function sendText(c: AppContext) {
  const one = versionNamed(c.req.param("version"));
  const [name] = (c.req.param("file") ?? "").split(".");
  const language = languages.find((each) => each === name);
  if (one === undefined || language === undefined) return c.notFound();
  return c.text(await keptText(c, one, language), 200, { "Cache-Control": "public, max-age=86400" });
}

/** The policy's versions, each as it was. */
export const policyVersionPages = newRouter();
policyVersionPages.get("/privacy/versions/:version", costs("search"), withPage(showVersion));
policyVersionPages.get("/privacy/versions/:version/:file{\\w+\\.txt}", costs("read"), sendText);
