import type { Child } from "hono/jsx";
import type { Role } from "../../../protocol/roles.ts";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { date } from "../../i18n/format.ts";
import { sessionProblem, sessionText } from "../../i18n/sessions.ts";
import { type InviteList, Invites } from "./invites.tsx";

export interface SeenSession {
  sessionId: string;
  name: string;
  role: Role;
  memberId: string;
  createdAtMs: number;
  recordingPermitted: boolean;
  /** Promise V1's list of what is seen of a member, with the accent that stands for them. */
  members: readonly { memberId: string; displayName: string; role: Role; accent: number }[];
}

const outcomes = ["settings", "role", "removed", "revoked", "joined", "deleted"] as const;
export type SessionOutcome = (typeof outcomes)[number];
export const isSessionOutcome = (text: string | undefined): text is SessionOutcome =>
  outcomes.some((known) => known === text);

export interface SessionPageProps {
  page: Page;
  session: SeenSession;
  outcome: SessionOutcome | null;
  /** A code of protocol/errors.ts that the last form was refused with. */
  problem: string | null;
  /** For a host only. */
  invites: InviteList | null;
  /** Client scripts that the takes need. */
  scripts: readonly string[];
  children?: Child;
}

function People({ page, session }: { page: Page; session: SeenSession }) {
  const text = sessionText[page.language];
  const t = text.one;
  const isHost = session.role === "host";
  const at = `/sessions/${session.sessionId}/members`;
  return (
    <section class="stack" id="people">
      <h2>{t.people}</h2>
      <ul class="people">
        {session.members.map(({ memberId, displayName, role, accent }) => (
          <li class={`person-${accent}`}>
            <p class={`person ${memberId === session.memberId ? "here" : "there"}`}>
              <span class="name">{displayName}</span>
              <span class="small soft">
                {text.roles[role]}
                {memberId === session.memberId ? `, ${t.you}` : ""}
              </span>
            </p>
            {isHost && memberId !== session.memberId ? (
              <div class="actions">
                <form class="inline" method="post" action={href(page, `${at}/${memberId}/role`)}>
                  <label class="hidden" for={`role-${memberId}`}>
                    {t.roleOf(displayName)}
                  </label>
                  <select id={`role-${memberId}`} name="role">
                    {(["host", "participant", "observer"] as const).map((one) => (
                      <option value={one} selected={one === role}>
                        {text.roles[one]}
                      </option>
                    ))}
                  </select>
                  <button class="button quiet small" type="submit">
                    {t.setRole}
                    <span class="hidden">: {displayName}</span>
                  </button>
                </form>
                <form method="post" action={href(page, `${at}/${memberId}/remove`)}>
                  <button class="button destructive small" type="submit" aria-label={t.removeOf(displayName)}>
                    {t.remove}
                  </button>
                </form>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Settings({ page, session }: { page: Page; session: SeenSession }) {
  const t = sessionText[page.language].one;
  const permitted = session.recordingPermitted;
  return (
    <section class="stack" id="settings">
      <h2>{t.settings}</h2>
      <p class={permitted ? "" : "soft"}>
        <span class={`lamp ${permitted ? "on" : ""}`} aria-hidden="true" />
        {permitted ? t.permitted : t.notPermitted}
      </p>
      {session.role === "host" ? (
        <form method="post" action={href(page, `/sessions/${session.sessionId}/settings`)}>
          <input type="hidden" name="recordingPermitted" value={permitted ? "no" : "yes"} />
          <button class="button quiet" type="submit">
            {permitted ? t.forbid : t.permit}
          </button>
        </form>
      ) : null}
    </section>
  );
}

function Ending({ page, session }: { page: Page; session: SeenSession }) {
  const t = sessionText[page.language].one;
  const hosts = session.members.filter(({ role }) => role === "host").length;
  return (
    <section class="stack" id="ending">
      <h2>{t.ending}</h2>
      {session.role !== "host" || hosts > 1 ? (
        <>
          <p class="soft">{t.leaveNote}</p>
          <a class="button quiet" href={href(page, `/sessions/${session.sessionId}/leave`)}>
            {t.leave}
          </a>
        </>
      ) : null}
      {session.role === "host" ? (
        <>
          <p class="soft">{t.deleteNote}</p>
          <a class="button destructive" href={href(page, `/sessions/${session.sessionId}/delete`)}>
            {t.delete}
          </a>
        </>
      ) : null}
    </section>
  );
}

/** One session: its takes first, because they are what one comes for; then who is in it, and what may be done with it. */
export function SessionPage({ page, session, outcome, problem, invites, scripts, children }: SessionPageProps) {
  const text = sessionText[page.language];
  const t = text.one;
  return (
    <Layout page={page} title={session.name} hidden scripts={scripts}>
      <header class="session-head">
        <p class="small">
          <a href={href(page, "/sessions")}>{t.back}</a>
        </p>
        <h1>{session.name}</h1>
        <p class="soft">
          {text.roles[session.role]} · {t.begun} {date(page.language, session.createdAtMs)}
        </p>
        {outcome === null ? null : (
          <p class="said" role="status">
            {t.done[outcome]}
          </p>
        )}
        {problem === null ? null : (
          <p class="said bad" role="alert">
            {sessionProblem(page.language, problem)}
          </p>
        )}
      </header>
      {children}
      <div class="columns session-rooms">
        <People page={page} session={session} />
        {invites === null ? null : <Invites page={page} sessionId={session.sessionId} list={invites} />}
        <Settings page={page} session={session} />
        <Ending page={page} session={session} />
      </div>
    </Layout>
  );
}
