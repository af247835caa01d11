import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Timeline } from "../../design/timeline.tsx";
import { dateTime, number } from "../../i18n/format.ts";
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
  const say = (ms: number) => dateTime(page.language, ms);
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{finishedAtMs === null ? t.running : t.finished}</p>
      </header>
      <Timeline
        label={t.picture}
        from={requestedAtMs - (dueAtMs - requestedAtMs) * 0.02}
        to={dueAtMs + (dueAtMs - requestedAtMs) * 0.02}
        ticks={[{ at: dueAtMs, label: t.due }]}
        spans={[{ from: requestedAtMs, to: finishedAtMs ?? page.nowMs, label: "" }]}
        marks={[
          { at: requestedAtMs, label: say(requestedAtMs), kind: "here" },
          finishedAtMs === null
            ? { at: page.nowMs, label: t.underWay, kind: "now" }
            : { at: finishedAtMs, label: say(finishedAtMs), kind: "here" },
          { at: dueAtMs, label: say(dueAtMs), kind: "there" },
        ]}
      />
      <dl class="facts">
        <dt>{t.asked}</dt>
        <dd class="instrument">
          <Moment page={page} ms={requestedAtMs} />
        </dd>
        <dt>{t.finishedAt}</dt>
        <dd class="instrument">{finishedAtMs === null ? t.underWay : <Moment page={page} ms={finishedAtMs} />}</dd>
        <dt>{t.due}</dt>
        <dd class="instrument">
          <Moment page={page} ms={dueAtMs} />
        </dd>
        <dt>{t.recordings}</dt>
        <dd class="instrument">{number(page.language, erasure.recordingsDeleted)}</dd>
        <dt>{t.objects}</dt>
        <dd class="instrument">{number(page.language, erasure.objectsDeleted)}</dd>
      </dl>
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
