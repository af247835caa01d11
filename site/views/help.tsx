import { Arrangement } from "../design/arrangement.tsx";
import { Layout } from "../design/layout.tsx";
import { Linked } from "../design/linked.tsx";
import { href, type Page } from "../design/page.ts";
import { helpText } from "../i18n/help.ts";

const TRACKS = 3;
/** An evening in the order in which it happens; then what may go wrong, each with what to do. */
export function Help({ page }: { page: Page }) {
  const t = helpText[page.language];
  const clips = t.steps.map(([label = ""], index) => ({
    label,
    from: index / t.steps.length,
    to: (index + 1) / t.steps.length,
    track: index % TRACKS,
    person: (index % 2) + 1,
  }));
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <div class="wide-only">
          <Arrangement label={t.picture} clips={clips} now={0} />
        </div>
      </section>
      <ol class="columns steps">
        {t.steps.map(([title, sentence], index) => (
          <li class="stack">
            <span class="instrument soft">{index + 1}</span>
            <h2>{title}</h2>
            <p>{sentence}</p>
          </li>
        ))}
      </ol>
      <section class="room">
        <header class="stack">
          <h2>{t.troubleTitle}</h2>
          <p class="soft">
            <Linked text={t.stuck} />
          </p>
        </header>
        <div class="room-work answers">
          {t.trouble.map(({ question, answer, to }) => (
            <details>
              <summary>{question}</summary>
              <p>
                <Linked text={answer} /> {to === undefined ? null : <a href={href(page, to.path)}>{to.label}</a>}
              </p>
            </details>
          ))}
        </div>
      </section>
    </Layout>
  );
}
