import type { Role } from "../../../protocol/roles.ts";
import { Arrangement } from "../../design/arrangement.tsx";
import { Button, State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { inviteText } from "../../i18n/invite.ts";
import { sessionProblem, sessionText } from "../../i18n/sessions.ts";

export interface InvitePageProps {
  page: Page;
  code: string;
  invite: {
    sessionName: string;
    hostName: string;
    role: Exclude<Role, "host">;
    expiresAtMs: number;
    /** Where to, if the reader is in already. */
    sessionId: string | null;
  };
  isFull: boolean;
}

/** Who invites, to what, as what, what the others will see; and one thing to do. */
export function InvitePage({ page, code, invite, isFull }: InvitePageProps) {
  const text = sessionText[page.language];
  const t = inviteText[page.language].invite;
  const here = href(page, `/invite/${code}`);
  const way = (path: string) => href(page, `${path}?next=${encodeURIComponent(here)}`);
  const title = isFull ? t.fullTitle : t.title(invite.sessionName);
  return (
    <Layout page={page} title={title} hidden>
      <section class="hero">
        <h1 class="invite-title">{title}</h1>
        <p class="lead">
          {t.from(invite.hostName)} {isFull ? text.problems["session-full"] : t.role[invite.role]}
        </p>
        {isFull ? null : invite.sessionId !== null ? (
          <>
            <p>{t.already}</p>
            <a class="button" href={href(page, `/sessions/${invite.sessionId}`)}>
              {t.open}
            </a>
          </>
        ) : page.account === null ? (
          <>
            <p>{t.signedOut}</p>
            <p class="actions">
              <a class="button" href={way("/sign-in")}>
                {t.signIn}
              </a>
              <a class="button quiet" href={way("/sign-up")}>
                {t.signUp}
              </a>
            </p>
          </>
        ) : (
          <form class="stack" method="post" action={here}>
            <p>{t.signedInAs(page.account.displayName)}</p>
            <Button label={t.accept} />
          </form>
        )}
      </section>
      <Arrangement
        label={t.picture}
        clips={[
          { label: invite.hostName, from: 0, to: 0.55, track: 0, person: 1 },
          { label: page.account?.displayName ?? t.yours, from: 0.56, to: 1, track: 1, person: 2, isAhead: true },
        ]}
        now={0.555}
      />
      <p class="soft">
        {t.see}
        <br />
        {t.until} <Moment page={page} ms={invite.expiresAtMs} />.
      </p>
    </Layout>
  );
}

/** Used up, expired, withdrawn or never one: the same words, so that guessing learns nothing. */
export function InviteRefused({ page, reason }: { page: Page; reason: "invite-invalid" | "rate-limited" }) {
  const t = inviteText[page.language].invite;
  const [title, sentence] =
    reason === "invite-invalid" ? [t.badTitle, t.bad] : [t.triesTitle, sessionProblem(page.language, reason)];
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={{ href: href(page, "/sessions"), label: t.home }} />
    </Layout>
  );
}
