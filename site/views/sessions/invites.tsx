import type { Child } from "hono/jsx";
import { INVITE_LABEL_MAX_CHARS } from "../../../protocol/limits.ts";
import type { Role } from "../../../protocol/roles.ts";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { dateTime } from "../../i18n/format.ts";
import { sessionText } from "../../i18n/sessions.ts";

export interface InviteList {
  items: readonly { inviteId: string; label: string; role: Role; usesLeft: number; expiresAtMs: number }[];
  nextCursor: string | null;
}

/** The code of the invite that was just made, at the head of the page, where the eye is. */
export function MadeInvite({ page, code }: { page: Page; code: string }) {
  const t = sessionText[page.language].one;
  return (
    <section class="panel made stack" role="status" id="made">
      <strong>{t.inviteMade}</strong>
      <p>
        <span class="small soft">{t.inviteCode}</span>
        <br />
        <output class="code instrument">{code}</output>
      </p>
      <p>
        <label class="small soft" for="invite-link">
          {t.inviteLink}
        </label>
        <br />
        <input
          id="invite-link"
          class="instrument"
          readonly
          value={`${page.origin}/invite/${code}`}
          data-copy={t.copy}
          data-copied={t.copied}
        />
      </p>
    </section>
  );
}

/** What a host sees of the doors that stand open. */
export function Invites({
  page,
  sessionId,
  list,
  children,
}: {
  page: Page;
  sessionId: string;
  list: InviteList;
  children?: Child;
}) {
  const text = sessionText[page.language];
  const t = text.one;
  const at = `/sessions/${sessionId}/invites`;
  return (
    <section class="stack" id="invites">
      <h2>{t.invites}</h2>
      <p class="soft">{t.invitesLead}</p>
      {children}
      <form class="stack" method="post" action={href(page, at)}>
        <div class="field">
          <label for="invite-label">{t.inviteLabel}</label>
          <p class="small soft" id="invite-label-hint">
            {t.inviteLabelHint}
          </p>
          <input
            id="invite-label"
            name="label"
            maxlength={INVITE_LABEL_MAX_CHARS}
            autocomplete="off"
            dir="auto"
            aria-describedby="invite-label-hint"
          />
        </div>
        <div class="pair">
          <div class="field">
            <label for="invite-role">{t.inviteRole}</label>
            <select id="invite-role" name="role">
              <option value="participant">{text.roles.participant}</option>
              <option value="observer">{text.roles.observer}</option>
            </select>
          </div>
          <div class="field">
            <label for="uses">{t.inviteUses}</label>
            <input id="uses" name="uses" type="number" min="1" max="32" value="1" required />
          </div>
        </div>
        <button class="button quiet" type="submit">
          {t.invite}
        </button>
      </form>
      {list.items.length === 0 ? (
        <p class="small soft">{t.noInvites}</p>
      ) : (
        <ul class="open-invites">
          {list.items.map(({ inviteId, label, role, usesLeft, expiresAtMs }) => {
            const until = dateTime(page.language, expiresAtMs);
            return (
              <li>
                <p class="small">
                  {label === "" ? null : (
                    <>
                      <strong dir="auto">{label}</strong>
                      <br />
                    </>
                  )}
                  {text.roles[role]} · {usesLeft === 0 ? t.used : t.usesLeft(usesLeft)}
                  <br />
                  <span class="soft">
                    {t.until} <Moment page={page} ms={expiresAtMs} />
                  </span>
                </p>
                {usesLeft === 0 ? null : (
                  <form method="post" action={href(page, `${at}/${inviteId}/revoke`)}>
                    <button
                      class="button quiet small"
                      type="submit"
                      aria-label={t.revokeOf(label === "" ? text.roles[role] : label, until)}
                    >
                      {t.revoke}
                    </button>
                  </form>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {list.nextCursor === null ? null : (
        <a href={href(page, `/sessions/${sessionId}?invites=${encodeURIComponent(list.nextCursor)}#invites`)}>
          {t.moreInvites}
        </a>
      )}
    </section>
  );
}
