import type { AccountDetail } from "../../../protocol/accounts.ts";
import { Upshot } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { accountText } from "../../i18n/account.ts";
import { saidOfName } from "../../i18n/accounts.ts";
import { newsWording } from "../../i18n/consent.ts";
import { FirstSteps } from "../sessions/first-steps.tsx";
import { Credentials } from "./credentials.tsx";
import { Devices } from "./devices.tsx";
import { History } from "./history.tsx";
import { LineField, Notice, PasswordField, saidOf } from "./parts.tsx";

/** What the last form did. */
export type Outcome = "welcome" | "saved" | "mailed" | "confirmed" | "ended" | "removed";

/** The parts of the page that hold forms: each answers where it stands. */
export const accountParts = ["you", "credentials", "devices"] as const;
export type AccountPart = (typeof accountParts)[number];

export interface AccountProps {
  page: Page;
  account: AccountDetail;
  /** What was typed as a name and did not fit; it stays in its field, with what is wrong beside it. */
  typed?: { name: string; wrong: string };
  outcome: Outcome | null;
  problem: string | null;
  /** Where the form stands that `outcome` or `problem` is about; `null`: it is said at the head of the page. */
  part: AccountPart | null;
}

/** A person's own account. Forms that carry no secret are plain ones; what is secret is done by the page's script. */
export function AccountPage({ page, account, typed, outcome, problem, part }: AccountProps) {
  const t = accountText[page.language];
  const problems: Record<string, string> = t.problems;
  const saidAt = (where: AccountPart | null) =>
    part !== where ? null : (
      <>
        {outcome === null || outcome === "welcome" ? null : <Upshot text={t[outcome]} />}
        {problem === null ? null : (
          <p class="notice" role="alert">
            {problems[problem] ?? t.problems.other}{" "}
            {problem === "sign-in-again" ? (
              <a href={href(page, "/sign-in?again=1&next=/account")}>{t.freshTitle}</a>
            ) : null}
          </p>
        )}
      </>
    );
  return (
    <Layout page={page} title={t.title} hidden scripts={["account"]}>
      <header class="account-head">
        <div class="stack">
          <h1>{account.displayName}</h1>
          <p class="soft">{outcome === "welcome" ? t.welcome : account.email}</p>
        </div>
        <form method="post" action={href(page, "/account/sign-out")}>
          <button class="button quiet" type="submit">
            {t.signOut}
          </button>
        </form>
      </header>
      {outcome === "welcome" ? <FirstSteps page={page} /> : null}
      {saidAt(null)}
      <noscript>
        <p class="note">{t.script}</p>
      </noscript>
      <section class="room" id="you">
        <header class="stack">
          <h2>{t.you}</h2>
          <p class="soft">{t.youNote}</p>
          <p>
            <a href={href(page, "/account/profile")}>{t.profile}</a>
          </p>
        </header>
        <div class="room-work">
          {saidAt("you")}
          <form class="stack" method="post" action={href(page, "/account/details")} novalidate>
            <LineField
              name="displayName"
              label={t.name}
              hint={t.nameHint}
              value={typed?.name ?? account.displayName}
              problem={typed === undefined ? undefined : saidOfName(page.language, typed.wrong)}
              autocomplete="nickname"
              maxlength={80}
            />
            <div class="field">
              <label for="language">{t.language}</label>
              <select id="language" name="language">
                <option value="en" selected={account.language === "en"} lang="en">
                  English
                </option>
                <option value="de" selected={account.language === "de"} lang="de">
                  Deutsch
                </option>
              </select>
            </div>
            <label class="tick">
              <input type="checkbox" name="wantsNews" checked={account.wantsNews} />{" "}
              <span>{newsWording[page.language]}</span>
            </label>
            <button class="button quiet" type="submit">
              {t.save}
            </button>
          </form>
          <form
            class="stack"
            method="post"
            action={href(page, "/account/email")}
            id="change-email"
            data-said={saidOf(page)}
            data-done={href(page, "/account?at=you&done=mailed#you")}
            novalidate
          >
            <fieldset class="stack">
              <LineField
                name="email"
                label={t.emailNew}
                hint={`${t.emailNow}: ${account.email}. ${t.emailHint}`}
                type="email"
                autocomplete="email"
                maxlength={254}
              />
              <Notice />
              <button class="button quiet" type="submit">
                {t.emailSave}
              </button>
            </fieldset>
          </form>
        </div>
      </section>
      <Credentials page={page} account={account}>
        {saidAt("credentials")}
      </Credentials>
      <Devices page={page} signIns={account.signIns}>
        {saidAt("devices")}
      </Devices>
      <History page={page} events={account.signInHistory} />
      <section class="room" id="data">
        <header class="stack">
          <h2>{t.data}</h2>
          <p class="soft">{t.dataNote}</p>
        </header>
        <p>
          <a class="button quiet" href={href(page, "/account/privacy")}>
            {t.privacy}
          </a>
        </p>
      </section>
      <dialog class="panel" id="reauthenticate" aria-labelledby="reauthenticate-title">
        <form
          class="stack"
          method="dialog"
          id="reauthenticate-form"
          data-said={saidOf(page)}
          data-email={account.email}
          data-account={account.accountId}
          novalidate
        >
          <h2 id="reauthenticate-title">{t.freshTitle}</h2>
          <p class="soft">{t.freshNote}</p>
          <fieldset class="stack" disabled>
            {account.passkeys.length === 0 ? null : (
              <button class="button quiet wide" type="button" id="reauthenticate-passkey">
                {t.freshPasskey}
              </button>
            )}
            {account.hasPassword ? (
              <>
                <input type="email" autocomplete="username" value={account.email} readonly hidden />
                <PasswordField page={page} id="reauthenticate-password" kind="current" />
                {account.hasSecondFactor ? (
                  <LineField name="reauthenticate-code" label={t.code} hint={t.codeHint} autocomplete="one-time-code" />
                ) : null}
              </>
            ) : null}
            <Notice />
            {account.hasPassword ? (
              <button class="button wide" type="submit">
                {t.freshPassword}
              </button>
            ) : null}
          </fieldset>
          <button class="button quiet wide" type="button" id="reauthenticate-cancel">
            {t.cancel}
          </button>
        </form>
      </dialog>
    </Layout>
  );
}
