import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { creditText } from "../../i18n/credits.ts";
import type { Credit } from "../../takes/credits.ts";

export interface CreditsProps {
  page: Page;
  session: { sessionId: string; name: string };
  credits: readonly Credit[];
  /** How many stems were counted, where there are more. */
  cut: number | null;
}

const minutes = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Who played what: the page, and the two files of the same. */
export function Credits({ page, session: { sessionId, name }, credits, cut }: CreditsProps) {
  const t = creditText[page.language];
  const at = `/sessions/${sessionId}`;
  return (
    <Layout page={page} title={`${t.title}: ${name}`} hidden>
      <header class="session-head">
        <p class="small">
          <a href={href(page, at)} dir="auto">
            {name}
          </a>
        </p>
        <h1>{t.title}</h1>
        <p class="soft">{t.lead}</p>
      </header>
      <section class="stack" aria-label={t.title}>
        {credits.length === 0 ? (
          <p>{t.empty}</p>
        ) : (
          <>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    {Object.values(t.heads).map((head) => (
                      <th scope="col">{head}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {credits.map((credit) => (
                    <tr>
                      <th scope="row" dir="auto">
                        {credit.who}
                      </th>
                      <td dir="auto">{credit.input}</td>
                      <td class="instrument">{credit.takes}</td>
                      <td>
                        <Moment page={page} ms={credit.firstAtMs} show="short" />
                      </td>
                      <td>
                        <Moment page={page} ms={credit.lastAtMs} show="short" />
                      </td>
                      <td class="instrument">{minutes(credit.seconds)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {cut === null ? null : <p class="small soft">{t.more(cut)}</p>}
            <p class="actions">
              <a class="button quiet" href={href(page, `${at}/credits.csv`)} download>
                {t.csv}
              </a>
              <a class="button quiet" href={href(page, `${at}/credits.xml`)} download>
                {t.rin}
              </a>
            </p>
            <p class="small soft">{t.rinNote}</p>
          </>
        )}
      </section>
    </Layout>
  );
}
