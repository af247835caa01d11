import type { Child } from "hono/jsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { guestText } from "../../i18n/guests.ts";
import { leavingText } from "../../i18n/leaving.ts";

/** Says what will happen, to whom, and to which copies, before it does; then one button for it and one way back. */
export function Confirm({
  page,
  title,
  action,
  yes,
  no,
  back,
  children,
}: {
  page: Page;
  title: string;
  action: string;
  yes: string;
  no: string;
  back: string;
  children?: Child;
}) {
  return (
    <Layout page={page} title={title} hidden>
      <section class="stack confirm">
        <h1>{title}</h1>
        {children}
        <form class="actions" method="post" action={href(page, action)}>
          <button class="button destructive" type="submit">
            {yes}
          </button>
          <a class="button quiet" href={href(page, back)}>
            {no}
          </a>
        </form>
      </section>
    </Layout>
  );
}

export function LeaveSession({ page, sessionId }: { page: Page; sessionId: string }) {
  const t = leavingText[page.language].leave;
  const here = `/sessions/${sessionId}`;
  return (
    <Confirm page={page} title={t.title} action={`${here}/leave`} yes={t.yes} no={t.no} back={here}>
      <p class="lead">{t.lead}</p>
      <p>{t.stays}</p>
    </Confirm>
  );
}

export function DeleteSession({ page, sessionId, name }: { page: Page; sessionId: string; name: string }) {
  const t = leavingText[page.language].erase;
  const here = `/sessions/${sessionId}`;
  return (
    <Confirm page={page} title={t.title(name)} action={`${here}/delete`} yes={t.yes} no={t.no} back={here}>
      <p class="lead">{t.lead}</p>
      <div class="columns fates">
        <div class="stack">
          <h2>{t.goesTitle}</h2>
          <ul>
            {t.goes.map((one) => (
              <li>{one}</li>
            ))}
          </ul>
          <p class="soft">{t.when}</p>
        </div>
        <div class="stack">
          <h2>{t.staysTitle}</h2>
          <p>{t.stays}</p>
        </div>
      </div>
    </Confirm>
  );
}

interface DeleteRecordingProps {
  page: Page;
  /** Where the way back leads: the session, or nowhere in particular. */
  from: string;
  recordingId: string;
  name: string;
  isOwn: boolean;
}

export function DeleteRecording({ page, from, recordingId, name, isOwn }: DeleteRecordingProps) {
  const t = leavingText[page.language].remove;
  const action = `${from}/recordings/${recordingId}/delete`;
  return (
    <Confirm page={page} title={t.title(name)} action={action} yes={t.yes} no={t.no} back={from || "/recordings"}>
      <p>{t.goes}</p>
      <p>
        <strong>{t.stays}</strong>
      </p>
      <p class="soft">{isOwn ? t.own : t.theirs}</p>
    </Confirm>
  );
}

/** Before somebody is shown the door: what they lose, and what stays. */
export function RemoveMember({
  page,
  sessionId,
  memberId,
  name,
  isGuest,
}: {
  page: Page;
  sessionId: string;
  memberId: string;
  name: string;
  isGuest: boolean;
}) {
  const t = leavingText[page.language].removeMember;
  const { removeLead, removeStays } = guestText[page.language].host;
  const here = `/sessions/${sessionId}`;
  const action = `${here}/members/${memberId}/remove`;
  return (
    <Confirm page={page} title={t.title(name)} action={action} yes={t.yes} no={t.no} back={`${here}#people`}>
      <p class="lead">{isGuest ? removeLead : t.lead}</p>
      <p>{isGuest ? removeStays : t.stays}</p>
    </Confirm>
  );
}
