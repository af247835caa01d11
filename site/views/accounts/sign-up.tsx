import { href, type Page } from "../../design/page.ts";
import { newsWording } from "../../i18n/consent.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage, LineField, NeedsScript, Notice, PasswordField, saidOf } from "./parts.tsx";

const text = words({
  en: {
    title: "Open an account",
    lead: "A name, an address, and a key that only you hold. Nothing else is asked, and nothing costs anything.",
    picture: "Three steps on one line: you, your key, your mail. The playhead stands at the first.",
    steps: ["You", "Your key", "Your mail"],
    name: "Your name, as others see it",
    nameHint: "Your own or a stage name, 2 to 40 characters. You can change it.",
    email: "E-mail",
    emailHint: "Nobody you play with sees it.",
    age: "How old are you?",
    older: "16 or over",
    younger: "Younger than 16",
    keyTitle: "Your key",
    passkeyHint: "Your fingerprint, face or device PIN. There is nothing to remember and nothing to steal.",
    passkey: "Continue with a passkey",
    orPassword: "Use a password instead",
    passwordHint: "It is never sent, not even to us: your browser proves that you know it.",
    continuePassword: "Continue with this password",
    tooYoung:
      "SessionLinked is for people of 16 and over. Nothing you typed was sent or kept. Come back when you are; until then, keep playing.",
    mailTitle: "Look in your mail",
    mail: "We have written to",
    mailNext:
      "Open the link in it and you are in. It works once, for a day. It may take a minute, or have gone astray among the junk.",
    again: "Use another address",
    have: "You have an account already?",
    signIn: "Sign in",
    privacy: "What we store, and for how long",
  },
  de: {
    title: "Konto eröffnen",
    lead: "Ein Name, eine Adresse und ein Schlüssel, den nur du hast. Mehr wird nicht gefragt, und es kostet nichts.",
    picture: "Drei Schritte auf einer Linie: du, dein Schlüssel, deine Post. Der Abspielkopf steht am ersten.",
    steps: ["Du", "Dein Schlüssel", "Deine Post"],
    name: "Dein Name, wie andere ihn sehen",
    nameHint: "Dein eigener oder ein Künstlername, 2 bis 40 Zeichen. Du kannst ihn ändern.",
    email: "E-Mail",
    emailHint: "Wer mit dir spielt, sieht sie nicht.",
    age: "Wie alt bist du?",
    older: "16 oder älter",
    younger: "Jünger als 16",
    keyTitle: "Dein Schlüssel",
    passkeyHint: "Dein Fingerabdruck, Gesicht oder die PIN des Geräts. Nichts zu merken, nichts zu stehlen.",
    passkey: "Weiter mit Passkey",
    orPassword: "Lieber ein Passwort",
    passwordHint: "Es wird nie gesendet, auch nicht an uns: Dein Browser beweist, dass du es kennst.",
    continuePassword: "Weiter mit diesem Passwort",
    tooYoung:
      "SessionLinked ist für Menschen ab 16. Von deinen Angaben wurde nichts gesendet oder behalten. Komm wieder, wenn du so weit bist; bis dahin: spiel weiter.",
    mailTitle: "Sieh in deine Post",
    mail: "Wir haben geschrieben an",
    mailNext:
      "Öffne den Link darin, und du bist drin. Er gilt einmal, einen Tag lang. Es kann eine Minute dauern oder im Spam gelandet sein.",
    again: "Eine andere Adresse nehmen",
    have: "Schon ein Konto?",
    signIn: "Anmelden",
    privacy: "Was wir speichern, und wie lange",
  },
});

/** `next`: where the person was going, if anywhere. */
export function SignUp({ page, next }: { page: Page; next: string | undefined }) {
  const t = text[page.language];
  const [you = "", key = "", mail = ""] = t.steps;
  const clips = [
    { label: you, from: 0, to: 1 / 3, track: 0, person: 1 },
    { label: key, from: 1 / 3, to: 2 / 3, track: 1, person: 4, isAhead: true },
    { label: mail, from: 2 / 3, to: 1, track: 2, person: 2, isAhead: true },
  ];
  return (
    <EntryPage
      page={page}
      title={t.title}
      lead={t.lead}
      picture={{ label: t.picture, clips, now: 1 / 12 }}
      scripts={["sign-up"]}
      isPublic
    >
      <NeedsScript page={page} />
      <form
        class="stack"
        id="sign-up"
        method="post"
        data-said={saidOf(page)}
        data-language={page.language}
        data-next={next}
        novalidate
      >
        <fieldset disabled class="stack">
          <LineField name="displayName" label={t.name} hint={t.nameHint} autocomplete="nickname" maxlength={80} />
          <LineField
            name="email"
            label={t.email}
            hint={t.emailHint}
            type="email"
            autocomplete="username"
            maxlength={254}
          />
          <fieldset class="choice" id="age" aria-describedby="age-problem">
            <legend>{t.age}</legend>
            <label>
              <input type="radio" name="age" value="older" /> {t.older}
            </label>
            <label>
              <input type="radio" name="age" value="younger" /> {t.younger}
            </label>
            <p class="problem" id="age-problem" hidden />
          </fieldset>
          <p class="note" id="too-young" role="status" hidden>
            {t.tooYoung}
          </p>
          <div class="stack" id="key">
            <label class="tick">
              <input type="checkbox" name="wantsNews" /> <span>{newsWording[page.language]}</span>
            </label>
            <Notice />
            <div class="stack way">
              <button class="button wide" type="button" id="with-passkey" aria-describedby="passkey-hint">
                {t.passkey}
              </button>
              <p class="small soft" id="passkey-hint">
                {t.passkeyHint}
              </p>
            </div>
            <details class="way" id="with-password">
              <summary>{t.orPassword}</summary>
              <div class="stack">
                <PasswordField page={page} id="password" kind="new" />
                <p class="small soft">{t.passwordHint}</p>
                <button class="button quiet wide" type="submit">
                  {t.continuePassword}
                </button>
              </div>
            </details>
          </div>
        </fieldset>
      </form>
      <section class="stack" id="look-in-mail" tabindex={-1} hidden>
        <h2>{t.mailTitle}</h2>
        <p>
          {t.mail} <strong id="mailed-to" />. {t.mailNext}
        </p>
        <button class="button quiet" type="button" id="again">
          {t.again}
        </button>
      </section>
      <p class="small door-foot">
        {t.have}{" "}
        <a href={href(page, next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`)}>
          {t.signIn}
        </a>{" "}
        · <a href={href(page, "/privacy")}>{t.privacy}</a>
      </p>
    </EntryPage>
  );
}

const confirmText = words({
  en: {
    title: "One press, and you are in",
    lead: "This confirms that the address is yours, opens the account and signs in this browser.",
    picture: "Three steps on one line, two of them played; the playhead stands at the last.",
    button: "Confirm and sign in",
    why: "A button, because mail programs open links by themselves to look at them.",
    bad: "This link has been used, has expired, or was never ours. If you are not in yet, sign up again: it takes a minute.",
    again: "Sign up again",
  },
  de: {
    title: "Ein Druck, und du bist drin",
    lead: "Damit bestätigst du, dass die Adresse deine ist; das Konto wird eröffnet und dieser Browser angemeldet.",
    picture: "Drei Schritte auf einer Linie, zwei sind gespielt; der Abspielkopf steht am letzten.",
    button: "Bestätigen und anmelden",
    why: "Ein Knopf, weil Mailprogramme Links von selbst öffnen, um hineinzusehen.",
    bad: "Dieser Link wurde benutzt, ist abgelaufen oder war nie von uns. Bist du noch nicht drin, beginne von vorn: Es dauert eine Minute.",
    again: "Von vorn beginnen",
  },
});

/** Opening the mailed link changes nothing; pressing the button does. It is a plain form and needs no script. */
export function ConfirmSignUp({
  page,
  token,
  next,
  isBad,
}: {
  page: Page;
  token: string;
  next: string | undefined;
  isBad: boolean;
}) {
  const t = confirmText[page.language];
  const [you = "", key = "", mail = ""] = text[page.language].steps;
  const clips = [
    { label: you, from: 0, to: 1 / 3, track: 0, person: 1 },
    { label: key, from: 1 / 3, to: 2 / 3, track: 1, person: 4 },
    { label: mail, from: 2 / 3, to: 1, track: 2, person: 2, isAhead: isBad },
  ];
  return (
    <EntryPage
      page={page}
      title={t.title}
      lead={t.lead}
      picture={{ label: t.picture, clips, now: isBad ? 2 / 3 : 11 / 12 }}
    >
      {isBad ? (
        <div class="stack">
          <p class="notice" role="alert">
            {t.bad}
          </p>
          <a class="button" href={href(page, "/sign-up")}>
            {t.again}
          </a>
        </div>
      ) : (
        <form class="stack" method="post" action={href(page, "/sign-up/confirm")}>
          <input type="hidden" name="token" value={token} />
          {next === undefined ? null : <input type="hidden" name="next" value={next} />}
          <button class="button wide" type="submit">
            {t.button}
          </button>
          <p class="small soft">{t.why}</p>
        </form>
      )}
    </EntryPage>
  );
}
