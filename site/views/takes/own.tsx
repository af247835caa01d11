import type { Recording } from "../../../protocol/recordings.ts";
import { State, Upshot } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { size, takeText } from "../../i18n/takes.ts";
import { timeLeft } from "../../i18n/time-left.ts";

export type OwnRecording = Pick<
  Recording,
  "recordingId" | "sessionId" | "name" | "state" | "sizeBytes" | "createdAtMs" | "expiresAtMs"
> & {
  /** `null`: a session that its owner has left, whose name is not theirs to see any more. */
  sessionName: string | null;
};

interface OwnRecordingsProps {
  page: Page;
  recordings: readonly OwnRecording[];
  nextCursor: string | null;
  isFirstPage: boolean;
  isDeleted: boolean;
}

/** Everything that somebody has shared, wherever it was: it stays theirs when they have left. */
export function OwnRecordings({ page, recordings, nextCursor, isFirstPage, isDeleted }: OwnRecordingsProps) {
  const text = takeText[page.language];
  const t = text.own;
  const said = isDeleted ? <Upshot text={t.deleted} /> : null;
  if (recordings.length === 0 && isFirstPage)
    return (
      <Layout page={page} title={t.title} hidden>
        {said}
        <State title={t.title} sentence={t.empty} next={{ href: href(page, "/sessions"), label: t.sessions }} />
      </Layout>
    );
  return (
    <Layout page={page} title={t.title} hidden>
      {said}
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </header>
      <ul class="rows">
        {recordings.map(({ recordingId, sessionId, name, state, sizeBytes, createdAtMs, expiresAtMs, sessionName }) => (
          <li>
            <div>
              <strong dir="auto">{name}</strong>
              <p class="small">
                {sessionName === null ? (
                  <span class="soft">{t.left}</span>
                ) : (
                  <a href={href(page, `/sessions/${sessionId}`)} dir="auto">
                    {sessionName}
                  </a>
                )}
              </p>
              <p class="small soft">
                <Moment page={page} ms={createdAtMs} show="day" />
                {sizeBytes === null ? "" : ` · ${size(page.language, sizeBytes)}`}
                {state === "uploading" ? ` · ${t.open}` : ""}
                {expiresAtMs === null
                  ? ""
                  : ` · ${text.endsIn(timeLeft(page.language, Math.max(0, expiresAtMs - page.nowMs)))}`}
              </p>
            </div>
            <a
              class="button destructive small"
              href={href(page, `/recordings/${recordingId}/delete`)}
              aria-label={text.deleteOf(name)}
            >
              {text.delete}
            </a>
          </li>
        ))}
      </ul>
      <nav class="actions">
        {nextCursor === null ? null : (
          <a class="button quiet" rel="next" href={href(page, `/recordings?cursor=${encodeURIComponent(nextCursor)}`)}>
            {text.older}
          </a>
        )}
        {isFirstPage ? null : (
          <a class="button quiet" href={href(page, "/recordings")}>
            {text.newest}
          </a>
        )}
        <a class="button quiet" href={href(page, "/sessions")}>
          {t.sessions}
        </a>
      </nav>
    </Layout>
  );
}
