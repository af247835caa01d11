import type { Child } from "hono/jsx";
import { INVITE_LABEL_MAX_CHARS, INVITE_USES_MAX } from "../../../protocol/limits.ts";
import type { Role } from "../../../protocol/roles.ts";
import { Problem, type Refused } from "../../design/form.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { fieldText } from "../../i18n/fields.ts";
import { dateTime } from "../../i18n/format.ts";
import { guestText } from "../../i18n/guests.ts";
import { sessionText } from "../../i18n/sessions.ts";

export interface InviteList {
  items: readonly { inviteId: string; label: string; role: Role; usesLeft: number; expiresAtMs: number }[];
  nextCursor: string | null;
}

/** The code of the invite that was just made, at the head of the page, where the eye is. */
export function MadeInvite({ page, code, isForGuests }: { page: Page; code: string; isForGuests: boolean }) {
  const t = sessionText[page.language].one;
  const guests = guestText[page.language].host;
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
      <p class="small soft">
        {isForGuests ? guests.link : guests.linkForAccounts} <a href="#guests">{guests.change}</a>
      </p>
    </section>
  );
}

/** What a host sees of the doors that stand open. */
export function Invites({
  page,
  sessionId,
  list,
  refused,
  children,
}: {
  page: Page;
  sessionId: string;
  list: InviteList;
  refused?: Refused | undefined;
  children?: Child;
}) {
  const text = sessionText[page.language];
  const t = text.one;
  const at = `/sessions/${sessionId}/invites`;
  const isWrong = (name: string) => refused?.wrong.includes(name) === true;
  const mark = (name: string) => (isWrong(name) ? "true" : undefined);
  return (
    <section class="stack" id="invites">
      <h2>{t.invites}</h2>
      <p class="soft">{t.invitesLead}</p>
      {children}
      <form class="stack" method="post" action={href(page, `${at}#invites`)} novalidate>
        <div class="field">
          <label for="invite-label">{t.inviteLabel}</label>
          <p class="small soft" id="invite-label-hint">
            {t.inviteLabelHint}
          </p>
          <Problem
            of="invite-label"
            text={isWrong("label") ? t.inviteLabelProblem(INVITE_LABEL_MAX_CHARS) : undefined}
          />
          <input
            id="invite-label"
            name="label"
            value={refused?.typed.label}
            aria-invalid={mark("label")}
            maxlength={INVITE_LABEL_MAX_CHARS}
            autocomplete="off"
            dir="auto"
            aria-describedby="invite-label-hint invite-label-problem"
          />
        </div>
        <div class="pair">
          <div class="field">
            <label for="invite-role">{t.inviteRole}</label>
            <select id="invite-role" name="role">
              {(["participant", "observer"] as const).map((role) => (
                <option value={role} selected={role === refused?.typed.role}>
                  {text.roles[role]}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="uses">{t.inviteUses}</label>
            <Problem
              of="uses"
              text={isWrong("uses") ? fieldText[page.language].between("1", String(INVITE_USES_MAX)) : undefined}
            />
            <input
              id="uses"
              name="uses"
              type="number"
              min="1"
              max={INVITE_USES_MAX}
              value={refused?.typed.uses ?? "1"}
              required
              aria-describedby="uses-problem"
              aria-invalid={mark("uses")}
            />
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
