import type { Child } from "hono/jsx";
import type { AccountDetail } from "../../../protocol/accounts.ts";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { accountText } from "../../i18n/account.ts";
import { number } from "../../i18n/format.ts";
import { LineField, Notice, PasswordField, saidOf } from "./parts.tsx";

/** Passkeys, password, second factor, recovery codes. Each form is shut until its script is there. */
export function Credentials({ page, account, children }: { page: Page; account: AccountDetail; children?: Child }) {
  const t = accountText[page.language];
  const done = href(page, "/account?at=credentials&done=saved#credentials");
  const isOnlyOne = account.passkeys.length === 1 && !account.hasPassword;
  return (
    <section class="room" id="credentials">
      <header class="stack">
        <h2>{t.ways}</h2>
        <p class="soft">{t.waysNote}</p>
      </header>
      <div class="room-work">
        {children}
        <div class="stack">
          <h3>{t.passkeys}</h3>
          {account.passkeys.length === 0 ? <p class="soft">{t.noPasskeys}</p> : null}
          <ul class="rows">
            {account.passkeys.map((passkey) => (
              <li>
                <div>
                  <strong>{passkey.label}</strong>
                  <p class="small soft">
                    {t.added} <Moment page={page} ms={passkey.createdAtMs} show="day" />,{" "}
                    {passkey.lastUsedAtMs === null ? (
                      t.unused
                    ) : (
                      <>
                        {t.used} <Moment page={page} ms={passkey.lastUsedAtMs} />
                      </>
                    )}
                  </p>
                </div>
                <form class="rename" method="post" action={href(page, "/account/passkeys/rename")} novalidate>
                  <input type="hidden" name="id" value={passkey.id} />
                  <input
                    name="label"
                    value={passkey.label}
                    maxlength={80}
                    autocomplete="off"
                    aria-label={t.renameSaid(passkey.label)}
                  />
                  <button class="button quiet small" type="submit">
                    {t.rename}
                  </button>
                </form>
                {isOnlyOne ? (
                  <p class="small soft">{t.onlyOne}</p>
                ) : (
                  <form
                    class="remove-passkey"
                    method="post"
                    action={href(page, "/account/passkeys/remove")}
                    data-said={saidOf(page)}
                    data-id={passkey.id}
                    data-done={href(page, "/account?at=credentials&done=removed#credentials")}
                  >
                    <fieldset>
                      <input type="hidden" name="id" value={passkey.id} />
                      <button class="button quiet small" type="submit" aria-label={t.removeSaid(passkey.label)}>
                        {t.remove}
                      </button>
                      <Notice />
                    </fieldset>
                  </form>
                )}
              </li>
            ))}
          </ul>
          <form id="add-passkey" method="post" data-said={saidOf(page)} data-done={done}>
            <fieldset class="stack" disabled>
              <Notice />
              <button class="button quiet" type="submit">
                {t.addPasskey}
              </button>
            </fieldset>
          </form>
        </div>
        <form class="stack" id="change-password" method="post" data-said={saidOf(page)} data-done={done} novalidate>
          <h3>{t.password}</h3>
          <p class="soft">{account.hasPassword ? t.hasPassword : t.noPassword}</p>
          <fieldset class="stack" disabled>
            <input type="email" autocomplete="username" value={account.email} readonly hidden />
            <PasswordField page={page} id="password" kind="new" />
            <Notice />
            <button class="button quiet" type="submit">
              {t.setPassword}
            </button>
          </fieldset>
        </form>
        <div class="stack">
          <h3>{t.second}</h3>
          <p class="soft">{account.hasSecondFactor ? t.hasSecond : account.hasPassword ? t.noSecond : t.secondNeeds}</p>
          {account.hasPassword && !account.hasSecondFactor ? (
            <>
              <form id="start-second" method="post" data-said={saidOf(page)}>
                <fieldset class="stack" disabled>
                  <Notice />
                  <button class="button quiet" type="submit">
                    {t.startSecond}
                  </button>
                </fieldset>
              </form>
              <form class="stack" id="confirm-second" method="post" data-said={saidOf(page)} hidden novalidate>
                <p>{t.scan}</p>
                <div id="qr" />
                <p class="small soft">
                  {t.secret} <code class="instrument" id="totp-secret" />
                </p>
                <fieldset class="stack" disabled>
                  <LineField
                    name="code"
                    label={t.code}
                    hint={t.codeHint}
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength={12}
                  />
                  <Notice />
                  <button class="button" type="submit">
                    {t.confirmCode}
                  </button>
                </fieldset>
              </form>
            </>
          ) : null}
          {account.hasSecondFactor ? (
            <form id="stop-second" method="post" data-said={saidOf(page)} data-done={done}>
              <fieldset class="stack" disabled>
                <Notice />
                <button class="button destructive" type="submit">
                  {t.stopSecond}
                </button>
              </fieldset>
            </form>
          ) : null}
        </div>
        {account.hasSecondFactor ? (
          <form class="stack" id="new-codes" method="post" data-said={saidOf(page)}>
            <h3>{t.recovery}</h3>
            <p class="soft">{t.recoveryLeft(number(page.language, account.recoveryCodesLeft))}</p>
            <fieldset class="stack" disabled>
              <Notice />
              <button class="button quiet" type="submit">
                {t.newCodes}
              </button>
            </fieldset>
          </form>
        ) : null}
      </div>
      <dialog class="panel codes" id="codes" aria-labelledby="codes-title" data-done={done}>
        <div class="stack">
          <h2 id="codes-title">{t.codesTitle}</h2>
          <p>
            {t.codesNote} {account.hasSecondFactor ? t.codesBefore : null}
          </p>
          <ol class="instrument" id="codes-list" />
          <div class="actions">
            <button class="button quiet" type="button" id="codes-copy">
              {t.copy}
            </button>
            <button class="button quiet" type="button" id="codes-download">
              {t.download}
            </button>
            <button class="button quiet" type="button" id="codes-print">
              {t.print}
            </button>
          </div>
          <form method="post" action={href(page, "/account")} id="codes-done">
            <button class="button" type="submit">
              {t.done}
            </button>
          </form>
        </div>
      </dialog>
    </section>
  );
}
