import type { RunRecord } from "../../protocol/runs.ts";
import { Layout } from "../design/layout.tsx";
import { Moment } from "../design/moment.tsx";
import type { Page } from "../design/page.ts";
import { Table } from "../design/table.tsx";
import { number } from "../i18n/format.ts";
import { holdingName } from "../i18n/holdings.ts";
import { runsText } from "../i18n/runs.ts";

/** So much of a fingerprint tells two apart at a glance; the whole is in the chain. */
const SHOWN_CHARS = 16;

/** The newest records of the chain of runs. */
export function Runs({ page, runs }: { page: Page; runs: readonly RunRecord[] }) {
  const t = runsText[page.language];
  const nameOf = (job: string) => t.kinds[job] ?? holdingName(page.language, job.replace(/^retention:/, ""));
  return (
    <Layout page={page} title={t.title} description={t.lead} scripts={["local-time"]}>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p class="soft">
          {t.newest} <a href="/api/v1/runs">/api/v1/runs</a>
        </p>
        <p class="soft">
          {t.check[0]}
          <code>npm run promises -- --chain</code>
          {t.check[1]}
        </p>
      </section>
      {runs.length === 0 ? <p>{t.none}</p> : null}
      {runs.length === 0 ? null : (
        <Table label={t.title} columns={t.columns}>
          {runs.map(({ number: at, atMs, counts, hash }) => (
            <tr>
              <th scope="row" class="instrument">
                {number(page.language, at)}
              </th>
              <td class="instrument">
                <Moment page={page} ms={atMs} />
              </td>
              <td>
                {Object.entries(counts)
                  .map(([job, count]) => `${nameOf(job)}: ${number(page.language, count)}`)
                  .join(", ") || t.nothing}
              </td>
              <td class="small instrument" title={hash}>
                {hash.slice(0, SHOWN_CHARS)}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Layout>
  );
}
