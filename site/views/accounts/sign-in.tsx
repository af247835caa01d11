import { href, type Page } from "../../design/page.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage, LineField, NeedsScript, Notice, PasswordField, saidOf } from "./parts.tsx";

const text = words({
  en: {
    title: "Sign in",
    lead: "The tape is where you left it.",
    picture: "Two parts on one line, played up to the playhead.",
    clips: ["You", "Them"],
    email: "E-mail",
    passkey: "Sign in with a passkey",
    or: "or",
    button: "Sign in",
    forgot: "Forgotten the password?",
    none: "No account yet?",
    open: "Open one",
    codeTitle: "One more step",
    code: "The code from your phone",
    codeHint: "Six digits from your authenticator app, or one of your recovery codes.",
    codeButton: "Continue",
    reset: "The new password is set, and every device is signed out. Sign in with it here.",
    out: "You are signed out.",
    again: "You are signed in. Show once more that it is you, because the next step opens your account to a program.",
  },
  de: {
    title: "Anmelden",
    lead: "Das Band steht, wo du es gelassen hast.",
    picture: "Zwei Stimmen auf einer Linie, gespielt bis zum Abspielkopf.",
    clips: ["Du", "Die anderen"],
    email: "E-Mail",
    passkey: "Mit Passkey anmelden",
    or: "oder",
    button: "Anmelden",
    forgot: "Passwort vergessen?",
    none: "Noch kein Konto?",
    open: "Eines eröffnen",
    codeTitle: "Noch ein Schritt",
    code: "Der Code von deinem Telefon",
    codeHint: "Sechs Ziffern aus deiner Authenticator-App oder einer deiner Wiederherstellungscodes.",
    codeButton: "Weiter",
    reset: "Das neue Passwort gilt, und alle Geräte sind abgemeldet. Melde dich hier damit an.",
    out: "Du bist abgemeldet.",
    again:
      "Du bist angemeldet. Zeig noch einmal, dass du es bist, denn der nächste Schritt betrifft dein ganzes Konto.",
  },
});

/** @param next A path of this site, already checked, to go to afterwards. */
export function SignIn({ page, next, after }: { page: Page; next: string; after: "reset" | "out" | "again" | null }) {
  // Whoever only went to sign in is welcomed; whoever was going somewhere gets there.
  const signUp = next === "/account" ? "/sign-up" : `/sign-up?next=${encodeURIComponent(next)}`;
  const t = text[page.language];
  const [you = "", them = ""] = t.clips;
  const clips = [
    { label: you, from: 0, to: 0.58, track: 0, person: 1 },
    { label: "", from: 0.6, to: 1, track: 0, person: 1, isAhead: true },
    { label: them, from: 0.16, to: 0.58, track: 1, person: 2 },
    { label: "", from: 0.6, to: 0.88, track: 1, person: 2, isAhead: true },
  ];
  return (
    <EntryPage
      page={page}
      title={t.title}
      lead={t.lead}
      picture={{ label: t.picture, clips, now: 0.59 }}
      scripts={["sign-in"]}
      isPublic
    >
      <NeedsScript page={page} />
      {after === null ? null : (
        <p class="note" role="status">
          {t[after]}
        </p>
      )}
      <form class="stack" id="sign-in" method="post" data-said={saidOf(page)} data-next={next} novalidate>
        <fieldset disabled class="stack">
          <button class="button quiet wide" type="button" id="with-passkey">
            {t.passkey}
          </button>
          <p class="or soft">
            <span>{t.or}</span>
          </p>
          <LineField name="email" label={t.email} type="email" autocomplete="username webauthn" maxlength={254} />
          <PasswordField page={page} id="password" kind="current" />
          <Notice />
          <button class="button wide" type="submit">
            {t.button}
          </button>
        </fieldset>
      </form>
      <form class="stack" id="second-factor" method="post" data-said={saidOf(page)} hidden novalidate>
        <h2>{t.codeTitle}</h2>
        <fieldset disabled class="stack">
          <LineField name="code" label={t.code} hint={t.codeHint} autocomplete="one-time-code" maxlength={40} />
          <Notice />
          <button class="button wide" type="submit">
            {t.codeButton}
          </button>
        </fieldset>
      </form>
      <p class="small door-foot">
        <a href={href(page, "/reset")}>{t.forgot}</a>
        <br />
        {t.none} <a href={href(page, signUp)}>{t.open}</a>
      </p>
    </EntryPage>
  );
}
