import type { Child } from "hono/jsx";
import { Layout } from "../../design/layout.tsx";
import { Linked } from "../../design/linked.tsx";
import { href, type Page } from "../../design/page.ts";
import type { Reading } from "../../design/static-markup.tsx";
import { Table } from "../../design/table.tsx";
import { Timeline } from "../../design/timeline.tsx";
import { date, days } from "../../i18n/format.ts";
import { holdingName } from "../../i18n/holdings.ts";
import { policyVersionsText } from "../../i18n/policy-versions.ts";
import { privacyText } from "../../i18n/privacy.ts";

export interface PolicyProps {
  page: Reading;
  /** Newest first; `numbers`: what it changed, in days. */
  versions: readonly {
    version: number;
    fromAtMs: number;
    change: string | null;
    numbers: readonly { name: string; before: number | string | null; after: number | string | null }[];
  }[];
  /** From protocol/retention.ts; `name` is a key of the catalogue. */
  lengths: readonly { name: keyof (typeof privacyText)["en"]["lengths"]; durationMs: number }[];
  /** One row for each rule of the data inventory. */
  holdings: readonly {
    name: string;
    where: keyof (typeof privacyText)["en"]["places"];
    purpose: string;
    lawfulBasis: keyof (typeof privacyText)["en"]["bases"];
    recipients: readonly string[];
    until: string;
  }[];
}

const DAY_MS = 86_400_000;
const LONGEST_MS = 8 * 365 * DAY_MS;
/** Days and years on one line: distance grows with the logarithm of time. */
const scale = (ms: number) => Math.log1p(ms / DAY_MS) / Math.log1p(LONGEST_MS / DAY_MS);

/** Marks of the axis in days; the catalogue names them. */
const axis = [7, 30, 365, 8 * 365];

/** The policy. Its numbers and its table are the code's own, so that the two cannot disagree. */
export function Policy({ page, versions, lengths, holdings }: PolicyProps) {
  const t = privacyText[page.language];
  const v = policyVersionsText[page.language];
  const names: Record<string, string> = t.numbers;
  return (
    <>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p class="soft">
          {t.updated} {date(page.language, versions[0]?.fromAtMs ?? 0)}
        </p>
      </section>
      <section class="stack">
        <h2>{t.keep}</h2>
        <Timeline
          label={t.keepPicture}
          from={0}
          to={LONGEST_MS}
          scale={scale}
          spans={lengths.map(({ name, durationMs }) => ({
            from: 0,
            to: durationMs,
            label: `${t.lengths[name]}: ${days(page.language, durationMs)}`,
          }))}
          marks={[{ at: 0, label: t.now, kind: "here" }]}
          ticks={axis.map((duration, at) => ({ at: duration * DAY_MS, label: t.axis[at] ?? "" }))}
        />
        <p class="small soft">{t.axisNote}</p>
        <p>
          {t.keepNote} <a href={href(page, "/promises")}>{t.promises}</a>
        </p>
      </section>
      {t.sections.map(({ title, paragraphs }) => (
        <section class="room">
          <h2>{title}</h2>
          <div class="stack">
            {paragraphs.map((paragraph) => (
              <p>
                <Linked text={paragraph} />
              </p>
            ))}
          </div>
        </section>
      ))}
      <section class="stack">
        <h2>{t.holdings}</h2>
        <p class="soft">
          {t.holdingsNote} <a href="/privacy/register.jsonld">{t.register}</a>
        </p>
        <Table label={t.holdings} columns={t.columns}>
          {holdings.map((row) => (
            <tr>
              <th scope="row">
                {holdingName(page.language, row.name)}
                <br />
                <span class="small soft">
                  {t.places[row.where]}, <span class="instrument">{row.name}</span>
                </span>
              </th>
              <td>{row.purpose}</td>
              <td>{t.bases[row.lawfulBasis]}</td>
              <td>{row.recipients.length === 0 ? t.nobodyElse : row.recipients.join(", ")}</td>
              <td>{row.until}</td>
            </tr>
          ))}
        </Table>
      </section>
      <section class="stack" id="versions">
        <h2>{t.versions}</h2>
        {versions.map(({ version, fromAtMs, change, numbers }) => (
          <section class="stack">
            <h3>
              {t.version} {version} · {date(page.language, fromAtMs)}
            </h3>
            <p>
              {change ?? t.firstVersion} <a href={href(page, `/privacy/versions/${version}`)}>{v.read(version)}</a>
              {version === 1 ? null : (
                <>
                  {" "}
                  <a href={href(page, `/privacy/versions/${version}?beside=${version - 1}`)}>{v.beside(version - 1)}</a>
                </>
              )}
            </p>
            {numbers.length === 0 ? null : (
              <Table label={`${t.version} ${version}`} columns={t.versionColumns}>
                {numbers.map(({ name, before, after }) => (
                  <tr>
                    <th scope="row">
                      {names[name]}
                      <br />
                      <span class="small soft instrument">{name}</span>
                    </th>
                    <td class="instrument">{before ?? "–"}</td>
                    <td class="instrument">{after ?? "–"}</td>
                  </tr>
                ))}
              </Table>
            )}
          </section>
        ))}
      </section>
    </>
  );
}

/** The page round the policy. */
export function Privacy({ page, children }: { page: Page; children?: Child }) {
  const t = privacyText[page.language];
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      {children}
    </Layout>
  );
}
