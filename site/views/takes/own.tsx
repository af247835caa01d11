import type { Recording } from "../../../protocol/recordings.ts";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { date } from "../../i18n/format.ts";
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
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{recordings.length === 0 && isFirstPage ? t.empty : t.lead}</p>
        {isDeleted ? (
          <p class="said" role="status">
            {t.deleted}
          </p>
        ) : null}
      </header>
      <ul class="stack">
        {recordings.map(({ recordingId, sessionId, name, state, sizeBytes, createdAtMs, expiresAtMs, sessionName }) => (
          <li>
            <strong dir="auto">{name}</strong>{" "}
            {sessionName === null ? (
              <span class="soft">{t.left}</span>
            ) : (
              <a href={href(page, `/sessions/${sessionId}`)} dir="auto">
                {sessionName}
              </a>
            )}{" "}
            <span class="small soft">
              {date(page.language, createdAtMs)}
              {sizeBytes === null ? "" : ` · ${size(page.language, sizeBytes)}`}
              {state === "uploading" ? ` · ${t.open}` : ""}
              {expiresAtMs === null
                ? ""
                : ` · ${text.endsIn(timeLeft(page.language, Math.max(0, expiresAtMs - page.nowMs)))}`}
            </span>{" "}
            <a href={href(page, `/recordings/${recordingId}/delete`)} aria-label={text.deleteOf(name)}>
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
