import type { Child } from "hono/jsx";
import { Layout } from "../design/layout.tsx";
import { Moment } from "../design/moment.tsx";
import { href, type Page } from "../design/page.ts";
import type { Reading } from "../design/static-markup.tsx";
import { Table } from "../design/table.tsx";
import { number } from "../i18n/format.ts";
import { promisesText } from "../i18n/promises.ts";

export interface PromisesProps {
  page: Reading;
  table: {
    commit: string;
    ranAtMs: number;
    rows: readonly {
      id: string;
      promise: string;
      tests: readonly { file: string; passed: number; failed: number; commit?: string }[];
      notRun: readonly string[];
      twins: readonly { name: string; fate: keyof (typeof promisesText)["en"]["fates"]; commit?: string }[];
      state: keyof (typeof promisesText)["en"]["states"];
    }[];
  };
}

/** The commit at which something was seen, where it is not that of the whole run. */
const At = ({ commit, unless }: { commit: string | undefined; unless: string }) =>
  commit === undefined || commit === unless ? null : <span class="small soft instrument"> @{commit}</span>;

/** The table of `npm run promises`, as its last published run wrote it. The promises themselves are in the language they are cited in. */
export function PromisesTable({ page, table }: PromisesProps) {
  const t = promisesText[page.language];
  const many = (count: number) => number(page.language, count);
  const kept = table.rows.filter(({ state }) => state === "kept").length;
  return (
    <>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p>{t.kept(many(kept), many(table.rows.length))}</p>
        <p class="soft">
          {t.run}: <Moment page={page} ms={table.ranAtMs} />. {t.commit}: <span class="instrument">{table.commit}</span>
        </p>
        <p>{t.note}</p>
        <p>
          <a href={href(page, "/runs")}>{t.runs}</a>
        </p>
      </section>
      <Table label={t.title} columns={t.columns}>
        {table.rows.map(({ id, promise, tests, notRun, twins, state }) => {
          const passed = tests.reduce((sum, test) => sum + test.passed, 0);
          const failed = tests.reduce((sum, test) => sum + test.failed, 0);
          const ended = [
            ...(passed > 0 ? [t.passed(many(passed))] : []),
            ...(failed > 0 ? [t.failed(many(failed))] : []),
            ...(notRun.length > 0 ? [t.notRun(many(notRun.length))] : []),
          ];
          return (
            <tr>
              <th scope="row">
                <span class="instrument">{id}</span> <span lang="en">{promise}</span>
                <br />
                <span class={`small proof-${state}`}>{t.states[state]}</span>
              </th>
              <td>
                {ended.length === 0 ? t.none : ended.join(", ")}
                {[...tests, ...notRun.map((file) => ({ file, commit: undefined }))].map(({ file, commit }) => (
                  <>
                    <br />
                    <span class="small soft instrument">{file}</span>
                    <At commit={commit} unless={table.commit} />
                  </>
                ))}
              </td>
              <td>
                {twins.length === 0
                  ? t.none
                  : twins.map(({ name, fate, commit }) => (
                      <p class="small">
                        <span lang="en">{name}</span>: {t.fates[fate]}
                        <At commit={commit} unless={table.commit} />
                      </p>
                    ))}
              </td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

/** The page round the table. */
export function Promises({ page, children }: { page: Page; children?: Child }) {
  const t = promisesText[page.language];
  return (
    <Layout page={page} title={t.title} description={t.lead} scripts={["local-time"]}>
      {children}
    </Layout>
  );
}
