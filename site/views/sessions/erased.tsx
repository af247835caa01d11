import { Deadline } from "../../design/deadline.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { number } from "../../i18n/format.ts";
import { leavingText } from "../../i18n/leaving.ts";

export interface ErasedProps {
  page: Page;
  erasure: {
    sessionId: string;
    requestedAtMs: number;
    dueAtMs: number;
    finishedAtMs: number | null;
    recordingsDeleted: number;
    objectsDeleted: number;
  };
}

/** The outcome of a session's deletion (promise E2): its clock, and what has gone. */
export function Erased({ page, erasure }: ErasedProps) {
  const t = leavingText[page.language].erased;
  const { requestedAtMs, dueAtMs, finishedAtMs } = erasure;
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{finishedAtMs === null ? t.running : t.finished}</p>
      </header>
      <Deadline page={page} words={t} askedAtMs={requestedAtMs} dueAtMs={dueAtMs} finishedAtMs={finishedAtMs}>
        <dt>{t.recordings}</dt>
        <dd class="instrument">{number(page.language, erasure.recordingsDeleted)}</dd>
        <dt>{t.objects}</dt>
        <dd class="instrument">{number(page.language, erasure.objectsDeleted)}</dd>
      </Deadline>
      <p>{t.stays}</p>
      <p class="actions">
        {finishedAtMs === null ? (
          <a class="button" href={href(page, page.path)}>
            {t.again}
          </a>
        ) : null}
        <a class={finishedAtMs === null ? "button quiet" : "button"} href={href(page, "/sessions")}>
          {t.back}
        </a>
      </p>
    </Layout>
  );
}
