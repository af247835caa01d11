import { Layout } from "../design/layout.tsx";
import type { Page } from "../design/page.ts";
import { dateTime, number } from "../i18n/format.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    title: "Status",
    well: "The site and its database answer.",
    ill: "The database does not answer. Recordings on your own disk are safe; try again in a few minutes.",
    measured: "Measured",
    answer: "Database answer",
    protocol: "Protocol",
  },
  de: {
    title: "Status",
    well: "Die Seite und ihre Datenbank antworten.",
    ill: "Die Datenbank antwortet nicht. Aufnahmen auf deiner Platte sind sicher; versuch es in ein paar Minuten noch einmal.",
    measured: "Gemessen",
    answer: "Antwort der Datenbank",
    protocol: "Protokoll",
  },
});

export interface StatusProps {
  page: Page;
  /** `null` if the database did not answer. */
  databaseMs: number | null;
  protocolVersion: number;
}

export function Status({ page, databaseMs, protocolVersion }: StatusProps) {
  const t = text[page.language];
  return (
    <Layout page={page} title={t.title}>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{databaseMs === null ? t.ill : t.well}</p>
      </section>
      <dl class="panel">
        <dt>{t.measured}</dt>
        <dd class="instrument">{dateTime(page.language, page.nowMs)}</dd>
        <dt>{t.answer}</dt>
        <dd class="instrument">{databaseMs === null ? "–" : `${number(page.language, databaseMs)} ms`}</dd>
        <dt>{t.protocol}</dt>
        <dd class="instrument">{protocolVersion}</dd>
      </dl>
    </Layout>
  );
}
