import type { Child } from "hono/jsx";
import { type Role, roles } from "../../../protocol/roles.ts";
import { type Refused, Upshot } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { guestText } from "../../i18n/guests.ts";
import type { Language } from "../../i18n/language.ts";
import { sessionProblem, sessionText } from "../../i18n/sessions.ts";
import { takeText } from "../../i18n/takes.ts";
import { NextEvening, PlanEvening, type PlannedEvening } from "./evening.tsx";
import { GuestSettings } from "./guest.tsx";
import { type InviteList, Invites, MadeInvite } from "./invites.tsx";

export interface SeenSession {
  sessionId: string;
  name: string;
  role: Role;
  memberId: string;
  createdAtMs: number;
  recordingPermitted: boolean;
  guestsAllowed: boolean;
  evening: PlannedEvening | null;
  /** Promise V1's list of what is seen of a member, with the accent that stands for them. */
  members: readonly {
    memberId: string;
    displayName: string;
    role: Role;
    accent: number;
    isHere: boolean;
    guest?: true | undefined;
  }[];
}

/** Where on the page each form stands, and so its answer. */
const partOf = {
  planned: "evening",
  cancelled: "evening",
  settings: "settings",
  guests: "guests",
  role: "people",
  removed: "people",
  revoked: "invites",
  deleted: "takes",
  reported: "takes",
  joined: "head",
} as const;
type Done = keyof typeof partOf;
const isDone = (text: string | undefined): text is Done => text !== undefined && Object.hasOwn(partOf, text);
const parts = ["evening", "people", "invites", "guests", "settings", "takes", "ending"] as const;
export interface PartNotice {
  part: (typeof parts)[number] | "head";
  text: string;
  isBad: boolean;
}

/** What came of the last form, from the address that it led to; `null`: nothing was sent. */
export function readNotice(language: Language, { done, problem, at }: Record<string, string>): PartNotice | null {
  if (problem !== undefined) {
    const part = parts.find((one) => one === at) ?? "head";
    return { part, text: sessionProblem(language, problem), isBad: true };
  }
  return isDone(done) ? { part: partOf[done], text: sessionText[language].one.done[done], isBad: false } : null;
}

/** The answer to a form, where that form stands. */
const UpshotAt = ({ notice, part }: { notice: PartNotice | null; part: PartNotice["part"] }) =>
  notice?.part === part ? <Upshot text={notice.text} isBad={notice.isBad} /> : null;

export interface SessionPageProps {
  page: Page;
  session: SeenSession;
  notice: PartNotice | null;
  refused?: Partial<Record<"evening" | "invites", Refused>>;
  /** For a host only. */
  invites: InviteList | null;
  /** Of the invite that was just made: the only time that it is known. */
  madeCode: string | null;
  /** Client scripts that the takes need. */
  scripts: readonly string[];
  children?: Child;
}

interface PartProps {
  page: Page;
  session: SeenSession;
  notice: PartNotice | null;
}

/** A host has an account. */
const guestRoles = roles.filter((role) => role !== "host");

function People({ page, session, notice }: PartProps) {
  const text = sessionText[page.language];
  const t = text.one;
  const isHost = session.role === "host";
  const at = `/sessions/${session.sessionId}/members`;
  return (
    <section class="stack" id="people">
      <h2>{t.people}</h2>
      <UpshotAt notice={notice} part="people" />
      <ul class="people">
        {session.members.map(({ memberId, displayName, role, accent, isHere, guest }) => (
          <li class={`person-${accent}`}>
            <p class={`person ${memberId === session.memberId ? "here" : "there"}`}>
              <span class="name">{displayName}</span>
              <span class="small soft">
                {text.roles[role]}
                {guest === true ? `, ${guestText[page.language].host.guest}` : ""}
                {memberId === session.memberId ? `, ${t.you}` : ""}
                {isHere ? ` · ${text.room.isHere}` : ""}
              </span>
            </p>
            {isHost && memberId !== session.memberId ? (
              <div class="actions">
                <form class="inline" method="post" action={href(page, `${at}/${memberId}/role`)} novalidate>
                  <label class="hidden" for={`role-${memberId}`}>
                    {t.roleOf(displayName)}
                  </label>
                  <select id={`role-${memberId}`} name="role">
                    {(guest === true ? guestRoles : roles).map((one) => (
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
                <a
                  class="button destructive small"
                  href={href(page, `${at}/${memberId}/remove`)}
                  aria-label={t.removeOf(displayName)}
                >
                  {t.remove}
                </a>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Settings({ page, session, notice }: PartProps) {
  const t = sessionText[page.language].one;
  const permitted = session.recordingPermitted;
  return (
    <section class="stack" id="settings">
      <h2>{t.settings}</h2>
      <UpshotAt notice={notice} part="settings" />
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

function Ending({ page, session, notice }: PartProps) {
  const t = sessionText[page.language].one;
  const hosts = session.members.filter(({ role }) => role === "host").length;
  return (
    <section class="stack" id="ending">
      <h2>{t.ending}</h2>
      <UpshotAt notice={notice} part="ending" />
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

/** Who is in the session at this moment: the best reason to come in. */
function HereNow({ session, text }: { session: SeenSession; text: { here(names: string): string; note: string } }) {
  const names = session.members.flatMap(({ memberId, displayName, isHere }) =>
    isHere && memberId !== session.memberId ? [displayName] : [],
  );
  return names.length === 0 ? (
    <span class="small soft">{text.note}</span>
  ) : (
    <span class="session-here" dir="auto">
      {text.here(names.join(", "))}
    </span>
  );
}

/** One session: its takes first, because they are what one comes for; then who is in it, and what may be done with it. */
export function SessionPage({
  page,
  session,
  notice,
  refused,
  invites,
  madeCode,
  scripts,
  children,
}: SessionPageProps) {
  const text = sessionText[page.language];
  const t = text.one;
  return (
    <Layout
      page={page}
      title={session.name}
      hidden
      scripts={scripts}
      skips={[{ to: "play", label: takeText[page.language].toPlay }]}
    >
      <header class="session-head">
        <p class="small">
          <a href={href(page, "/sessions")}>{t.back}</a>
        </p>
        <h1 dir="auto">{session.name}</h1>
        <p class="soft">
          {text.roles[session.role]} · {t.begun} <Moment page={page} ms={session.createdAtMs} show="day" />
        </p>
        <p class="session-enter">
          <a class="button" href={href(page, `/sessions/${session.sessionId}/room`)}>
            {text.room.enter}
          </a>
          <HereNow session={session} text={text.room} />
        </p>
        {session.evening === null ? null : (
          <NextEvening page={page} sessionId={session.sessionId} evening={session.evening} />
        )}
        <UpshotAt notice={notice} part="head" />
      </header>
      {madeCode === null ? null : <MadeInvite page={page} code={madeCode} isForGuests={session.guestsAllowed} />}
      <UpshotAt notice={notice} part="takes" />
      {children}
      <div class="columns session-rooms">
        <People page={page} session={session} notice={notice} />
        {session.role === "host" ? (
          <PlanEvening page={page} sessionId={session.sessionId} evening={session.evening} refused={refused?.evening}>
            <UpshotAt notice={notice} part="evening" />
          </PlanEvening>
        ) : null}
        {invites === null ? null : (
          <Invites page={page} sessionId={session.sessionId} list={invites} refused={refused?.invites}>
            <UpshotAt notice={notice} part="invites" />
          </Invites>
        )}
        <GuestSettings
          page={page}
          sessionId={session.sessionId}
          isAllowed={session.guestsAllowed}
          isHost={session.role === "host"}
        >
          <UpshotAt notice={notice} part="guests" />
        </GuestSettings>
        <Settings page={page} session={session} notice={notice} />
        <Ending page={page} session={session} notice={notice} />
      </div>
    </Layout>
  );
}
