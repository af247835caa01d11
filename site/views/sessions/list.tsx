import type { Role } from "../../../protocol/roles.ts";
import { Button, Field } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { date } from "../../i18n/format.ts";
import { sessionText } from "../../i18n/sessions.ts";
import { FirstSteps } from "./first-steps.tsx";

export interface Line {
  sessionId: string;
  name: string;
  role: Role;
  createdAtMs: number;
  people: number;
  firstTakeAtMs: number | null;
  lastTakeAtMs: number | null;
}

export interface SessionListProps {
  page: Page;
  lines: readonly Line[];
  /** Where the next page begins; `null` on the last one. */
  nextCursor: string | null;
  isFirstPage: boolean;
  /** They have just left a session. */
  hasLeft?: boolean;
  /** What was typed and refused, if anything was. */
  create?: { name: string; problem: string };
  join?: { code: string; problem: string };
}

const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`;

/** When a session was begun and played in, on the line that all of them share. */
function Span({ page, line, place }: { page: Page; line: Line; place: (atMs: number) => number }) {
  const t = sessionText[page.language].list;
  const begun = place(line.createdAtMs);
  const from = line.firstTakeAtMs === null ? begun : place(line.firstTakeAtMs);
  const to = line.lastTakeAtMs === null ? begun : place(line.lastTakeAtMs);
  const last = line.lastTakeAtMs === null ? t.noTakes : `${t.lastTake} ${date(page.language, line.lastTakeAtMs)}`;
  return (
    <svg class="evening" role="img" aria-label={`${t.begun} ${date(page.language, line.createdAtMs)}, ${last}`}>
      <line x1="0" x2="100%" y1="50%" y2="50%" />
      {line.lastTakeAtMs === null ? null : (
        <rect class="kept" x={percent(from)} width={percent(Math.max(0.008, to - from))} y="35%" height="30%" rx="2" />
      )}
      <circle class={line.role === "host" ? "here" : "there"} cx={percent(begun)} cy="50%" r="6" />
    </svg>
  );
}

function CreateForm({ page, create }: Pick<SessionListProps, "page" | "create">) {
  const t = sessionText[page.language].list;
  return (
    <form class="stack" method="post" action={href(page, "/sessions")} novalidate>
      <h2>{t.createTitle}</h2>
      <Field
        name="name"
        label={t.name}
        hint={t.nameHint}
        value={create?.name}
        problem={create?.problem}
        missing={t.nameProblem}
        autocomplete="off"
        required
        maxLength={320}
      />
      <label class="check">
        <input type="checkbox" name="recordingPermitted" value="yes" checked />
        <span>
          {t.permit}
          <span class="small soft">{t.permitHint}</span>
        </span>
      </label>
      <Button label={t.create} />
    </form>
  );
}

function JoinForm({ page, join }: Pick<SessionListProps, "page" | "join">) {
  const t = sessionText[page.language].list;
  return (
    <form class="stack" method="get" action="/invite" novalidate>
      {page.languageAsked ? <input type="hidden" name="lang" value={page.language} /> : null}
      <h2>{t.joinTitle}</h2>
      <Field
        name="code"
        label={t.code}
        hint={t.codeHint}
        value={join?.code}
        problem={join?.problem}
        autocomplete="off"
        required
        maxLength={200}
      />
      <Button label={t.join} kind="quiet" />
    </form>
  );
}

/** A person's sessions on one line of time, and the two ways to have one more. */
export function SessionList({ page, lines, nextCursor, isFirstPage, hasLeft, create, join }: SessionListProps) {
  const text = sessionText[page.language];
  const t = text.list;
  const oldestMs = Math.min(page.nowMs - 86_400_000, ...lines.map(({ createdAtMs }) => createdAtMs));
  // A little room at both ends, so that a mark at either is whole.
  const place = (atMs: number) => 0.015 + (0.97 * (atMs - oldestMs)) / (page.nowMs - oldestMs);
  const isEmpty = lines.length === 0 && isFirstPage;
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{isEmpty ? t.emptyTitle : t.title}</h1>
        <p class="lead">{isEmpty ? t.emptyLead : t.lead}</p>
        {hasLeft ? (
          <p class="said" role="status">
            {t.left}
          </p>
        ) : null}
      </header>
      {lines.length === 0 ? null : (
        <section class="evenings" aria-label={t.title}>
          <div class="evening-dates small soft instrument" aria-hidden="true">
            <Moment page={page} ms={oldestMs} show="day" />
            <span>{t.now}</span>
          </div>
          <ol>
            {lines.map((line) => (
              <li>
                <div>
                  <a href={href(page, `/sessions/${line.sessionId}`)} dir="auto">
                    {line.name === "" ? t.nameLater : line.name}
                  </a>
                  <span class="small soft">
                    {text.roles[line.role]} · {t.people(line.people)} ·{" "}
                    {line.lastTakeAtMs === null ? (
                      t.noTakes
                    ) : (
                      <>
                        {t.lastTake} <Moment page={page} ms={line.lastTakeAtMs} show="day" />
                      </>
                    )}
                  </span>
                </div>
                <Span page={page} line={line} place={place} />
              </li>
            ))}
          </ol>
        </section>
      )}
      {nextCursor === null && isFirstPage ? null : (
        <nav class="actions">
          {nextCursor === null ? null : (
            <a class="button quiet" rel="next" href={href(page, `/sessions?cursor=${encodeURIComponent(nextCursor)}`)}>
              {t.older}
            </a>
          )}
          {isFirstPage ? null : (
            <a class="button quiet" href={href(page, "/sessions")}>
              {t.newest}
            </a>
          )}
        </nav>
      )}
      {isEmpty ? <FirstSteps page={page} /> : null}
      {isEmpty ? null : (
        <p>
          <a href={href(page, "/recordings")}>{t.shared}</a>
        </p>
      )}
      <section class="columns" id="begin">
        <CreateForm page={page} create={create} />
        <JoinForm page={page} join={join} />
      </section>
    </Layout>
  );
}
