import { Layout } from "../design/layout.tsx";
import { Moment } from "../design/moment.tsx";
import type { Page } from "../design/page.ts";
import { number } from "../i18n/format.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    title: "Status",
    well: "Everything this page can check has answered.",
    ill: "Not everything answers. Recordings on your own disk are safe, and so is a session that is running; try again in a few minutes.",
    measured: "Measured",
    again: "Load the page again in a few seconds to measure again.",
    parts: { database: "Accounts, sessions and the Hub", store: "Shared recordings" },
    silent: "no answer",
    protocol: "Protocol that companions speak",
    aside:
      "Once a session runs, sound and picture go between your companions, and what you record is on your own disk. If we are away, transport, chat and shared takes go on when we are back.",
  },
  de: {
    title: "Status",
    well: "Alles, was diese Seite prüfen kann, antwortet.",
    ill: "Nicht alles antwortet. Aufnahmen auf deiner Platte sind sicher, ebenso eine Session, die läuft; versuch es in ein paar Minuten noch einmal.",
    measured: "Gemessen",
    again: "Lade die Seite in ein paar Sekunden neu, um neu zu messen.",
    parts: { database: "Konten, Sessions und der Hub", store: "Geteilte Aufnahmen" },
    silent: "keine Antwort",
    protocol: "Protokoll, das die Companions sprechen",
    aside:
      "Läuft eine Session, gehen Ton und Bild zwischen euren Companions, und was du aufnimmst, liegt auf deiner eigenen Platte. Fallen wir aus, geht es mit Transport, Chat und geteilten Takes weiter, sobald wir wieder da sind.",
  },
});

/** When it was measured, and how many milliseconds it took until each answered; `null` if it did not. */
export interface Measured {
  atMs: number;
  database: number | null;
  store: number | null;
}

export interface StatusProps {
  page: Page;
  measured: Measured;
  protocolVersion: number;
}

export function Status({ page, measured, protocolVersion }: StatusProps) {
  const t = text[page.language];
  const parts = [
    { name: t.parts.database, ms: measured.database },
    { name: t.parts.store, ms: measured.store },
  ];
  return (
    <Layout page={page} title={t.title} scripts={["local-time"]}>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{parts.some(({ ms }) => ms === null) ? t.ill : t.well}</p>
        <p class="soft">
          {t.measured}, <Moment page={page} ms={measured.atMs} />. {t.again}
        </p>
      </section>
      <dl class="figures">
        {parts.map(({ name, ms }) => (
          <div>
            <dt>{name}</dt>
            {ms === null ? (
              <dd class="silent">
                <small>■ {t.silent}</small>
              </dd>
            ) : (
              <dd>
                {number(page.language, ms)} <small>ms</small>
              </dd>
            )}
          </div>
        ))}
        <div>
          <dt>{t.protocol}</dt>
          <dd>{protocolVersion}</dd>
        </div>
      </dl>
      <p>{t.aside}</p>
    </Layout>
  );
}
