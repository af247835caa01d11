import { Button, Field, Problem, State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { saidOfName } from "../../i18n/accounts.ts";
import { fieldText } from "../../i18n/fields.ts";
import { guestText } from "../../i18n/guests.ts";
import { inviteText } from "../../i18n/invite.ts";
import { EntryPage } from "../accounts/parts.tsx";
import { Confirm } from "./confirm.tsx";
import type { InvitePageProps } from "./invite.tsx";

/** What was typed at the door and did not fit. `name`: what is wrong with it, in the API's words; "taken": somebody here is called so. */
export interface RefusedGuest {
  displayName: string;
  isSixteen: boolean;
  name?: string | undefined;
  reason?: "guests-off" | "guests-full" | "session-full" | undefined;
}

/** The door for whoever has no account: a name, an age, one button. */
export function GuestDoor({
  page,
  code,
  invite,
  refused,
}: Pick<InvitePageProps, "page" | "code" | "invite"> & { refused?: RefusedGuest }) {
  const t = guestText[page.language].door;
  const text = inviteText[page.language].invite;
  const here = href(page, `/invite/${code}`);
  const way = (path: string) => href(page, `${path}?next=${encodeURIComponent(here)}`);
  const { name, reason } = refused ?? {};
  const picture = {
    label: t.picture,
    clips: [
      { label: invite.hostName, from: 0, to: 0.55, track: 0, person: 1 },
      { label: t.yours, from: 0.56, to: 1, track: 1, person: 2, isAhead: true },
    ],
    now: 0.555,
  };
  const isAgeless = refused !== undefined && !refused.isSixteen;
  return (
    <EntryPage
      page={page}
      title={text.title(invite.sessionName)}
      lead={`${text.from(invite.hostName)} ${t.lead[invite.role]}`}
      picture={picture}
    >
      {reason === undefined ? null : (
        <p class="notice" role="alert">
          {reason === "guests-off" ? t.off : t.full}
        </p>
      )}
      <form class="stack" method="post" action={href(page, `/invite/${code}/guest`)} novalidate>
        <Field
          name="displayName"
          label={t.name}
          hint={t.nameHint}
          value={refused?.displayName}
          problem={name === undefined ? undefined : name === "taken" ? t.taken : saidOfName(page.language, name)}
          autocomplete="nickname"
          maxLength={80}
          required
        />
        <div>
          <Problem of="isSixteen" text={isAgeless ? fieldText[page.language].tick : undefined} />
          <label class="tick">
            <input
              type="checkbox"
              id="isSixteen"
              name="isSixteen"
              value="yes"
              checked={refused?.isSixteen}
              required
              aria-describedby={isAgeless ? "isSixteen-problem" : undefined}
              aria-invalid={isAgeless ? "true" : undefined}
            />{" "}
            <span>{t.age}</span>
          </label>
        </div>
        <button class="button wide" type="submit">
          {t.go}
        </button>
        <p class="small soft">
          {t.kept} <a href={href(page, "/privacy")}>{t.privacy}</a>
        </p>
      </form>
      <p class="small door-foot">
        {t.account}
        <br />
        <a href={way("/sign-in")}>{text.signIn}</a> · <a href={way("/sign-up")}>{text.signUp}</a>
      </p>
    </EntryPage>
  );
}

/** The way out, which takes the name along. */
export function GuestLeave({ page, sessionId, expiresAtMs }: { page: Page; sessionId: string; expiresAtMs: number }) {
  const t = guestText[page.language].leave;
  const here = `/sessions/${sessionId}/guest`;
  return (
    <Confirm page={page} title={t.title} action={`${here}/leave`} yes={t.yes} no={t.no} back={here}>
      <p class="lead">{t.lead}</p>
      <p>
        {t.stays} <Moment page={page} ms={expiresAtMs} />.
      </p>
      <p class="soft">{t.takes}</p>
    </Confirm>
  );
}

/** Out, or never in from this browser: said, with one next step. */
export function GuestOut({ page, hasLeft }: { page: Page; hasLeft: boolean }) {
  const t = guestText[page.language].out;
  const [title, sentence] = hasLeft ? [t.left, t.leftText] : [t.over, t.overText];
  const next = hasLeft ? { href: href(page, "/"), label: t.home } : { href: href(page, "/sign-up"), label: t.account };
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={next} />
    </Layout>
  );
}

/** For everybody in the session: whether guests may come, and for a host the switch. */
export function GuestSettings({
  page,
  sessionId,
  isAllowed,
  isHost,
  children,
}: {
  page: Page;
  sessionId: string;
  isAllowed: boolean;
  isHost: boolean;
  children?: unknown;
}) {
  const t = guestText[page.language].host;
  return (
    <section class="stack" id="guests">
      <h2>{t.title}</h2>
      {children}
      <p class={isAllowed ? "" : "soft"}>
        <span class={`lamp ${isAllowed ? "on" : ""}`} aria-hidden="true" />
        {isAllowed ? t.allowed : t.notAllowed}
      </p>
      {isHost ? (
        <form class="stack" method="post" action={href(page, `/sessions/${sessionId}/guests`)}>
          <input type="hidden" name="guestsAllowed" value={isAllowed ? "no" : "yes"} />
          <p class="small soft">{isAllowed ? t.forbidNote : t.rules}</p>
          <p>
            <Button label={isAllowed ? t.forbid : t.allow} kind="quiet" />
          </p>
        </form>
      ) : null}
    </section>
  );
}
