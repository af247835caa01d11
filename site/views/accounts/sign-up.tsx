import type { Person } from "../../../protocol/accounts.ts";
import { href, type Page } from "../../design/page.ts";
import { said, saidOfName } from "../../i18n/accounts.ts";
import { newsWording } from "../../i18n/consent.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage, LineField, NeedsScript, Notice, PasswordField, saidOf } from "./parts.tsx";

const text = words({
  en: {
    title: "Open an account",
    lead: "A name and an address; then a key that only you hold. Nothing else is asked, and nothing costs anything.",
    picture: "Three steps on one line: you, your mail, your key. The playhead stands at the first.",
    steps: ["You", "Your mail", "Your key"],
    name: "Your name, as others see it",
    nameHint: "Your own or a stage name, up to 40 characters. You can change it.",
    email: "E-mail",
    emailHint: "Nobody you play with sees it.",
    age: "How old are you?",
    older: "16 or over",
    younger: "Younger than 16",
    go: "Send me the link",
    tooYoung:
      "SessionLinked is for people of 16 and over. Nothing you typed was sent or kept. Come back when you are; until then, keep playing.",
    tooYoungTold:
      "SessionLinked is for people of 16 and over. Nothing of what you typed is kept. Come back when you are.",
    mailTitle: "Look in your mail",
    mail: "We have written to",
    mailed: "We have written to the address you gave.",
    mailNext:
      "Open the link in it, choose what you sign in with, and you are in. It works once, for a day. It may take a minute, or be among the junk.",
    again: "Use another address",
    have: "Already have an account?",
    signIn: "Sign in",
    privacy: "What we store, and for how long",
  },
  de: {
    title: "Konto eröffnen",
    lead: "Ein Name und eine Adresse, dann ein Schlüssel, den nur du hast. Mehr wird nicht gefragt, und es kostet nichts.",
    picture: "Drei Schritte auf einer Linie: du, deine Post, dein Schlüssel. Der Abspielkopf steht am ersten.",
    steps: ["Du", "Post", "Schlüssel"],
    name: "Dein Name, wie andere ihn sehen",
    nameHint: "Dein eigener oder ein Künstlername, bis zu 40 Zeichen. Du kannst ihn ändern.",
    email: "E-Mail",
    emailHint: "Wer mit dir spielt, sieht sie nicht.",
    age: "Wie alt bist du?",
    older: "16 oder älter",
    younger: "Jünger als 16",
    go: "Link schicken",
    tooYoung:
      "SessionLinked ist für Menschen ab 16. Von deinen Angaben wurde nichts gesendet oder behalten. Komm wieder, wenn du so weit bist; bis dahin: spiel weiter.",
    tooYoungTold:
      "SessionLinked ist für Menschen ab 16. Von deinen Angaben wird nichts behalten. Komm wieder, wenn du so weit bist.",
    mailTitle: "Sieh in dein Postfach",
    mail: "Wir haben geschrieben an",
    mailed: "Wir haben an die angegebene Adresse geschrieben.",
    mailNext:
      "Öffne den Link darin, wähle, womit du dich anmeldest, und du bist drin. Er gilt einmal, einen Tag lang. Die Mail kann eine Minute brauchen oder im Spam liegen.",
    again: "Eine andere Adresse nehmen",
    have: "Schon ein Konto?",
    signIn: "Anmelden",
    privacy: "Was wir speichern, und wie lange",
  },
});

/** What was typed into a form that did not fit, and what is wrong with it. */
export interface Typed {
  displayName: string;
  email: string;
  age: string;
  wantsNews: boolean;
  /** What is wrong with the name, in the API's words. */
  wrongName?: string | undefined;
  problems: readonly ("displayName" | "email" | "age" | "young" | "tries" | "broken")[];
}

/**
 * A plain form: name and address are no secret. A script says what is wrong without a round trip, and sends nothing of who is younger than 16.
 * `next`: where the person was going, if anywhere.
 */
export function SignUp({
  page,
  next,
  typed,
  isSent = false,
}: {
  page: Page;
  next: string | undefined;
  typed?: Typed;
  isSent?: boolean;
}) {
  const t = text[page.language];
  const words = said[page.language];
  const wrong = (name: Typed["problems"][number]) => typed?.problems.includes(name) === true;
  const [you = "", mail = "", key = ""] = t.steps;
  const clips = [
    { label: you, from: 0, to: 1 / 3, track: 0, person: 1 },
    { label: mail, from: 1 / 3, to: 2 / 3, track: 1, person: 2, isAhead: !isSent },
    { label: key, from: 2 / 3, to: 1, track: 2, person: 4, isAhead: true },
  ];
  return (
    <EntryPage
      page={page}
      title={t.title}
      lead={t.lead}
      picture={{ label: t.picture, clips, now: isSent ? 1 / 2 : 1 / 12 }}
      scripts={["sign-up"]}
      isPublic
    >
      {isSent ? null : (
        <form
          class="stack"
          id="sign-up"
          method="post"
          action={href(page, "/sign-up")}
          data-said={saidOf(page)}
          data-language={page.language}
          data-next={next}
          novalidate
        >
          <fieldset class="stack">
            {next === undefined ? null : <input type="hidden" name="next" value={next} />}
            <LineField
              name="displayName"
              label={t.name}
              hint={t.nameHint}
              autocomplete="nickname"
              maxlength={80}
              value={typed?.displayName}
              problem={wrong("displayName") ? saidOfName(page.language, typed?.wrongName ?? "") : undefined}
            />
            <LineField
              name="email"
              label={t.email}
              hint={t.emailHint}
              type="email"
              autocomplete="username"
              maxlength={254}
              value={typed?.email}
              problem={wrong("email") ? words.address : undefined}
            />
            <fieldset class="choice" id="age" aria-describedby="age-problem">
              <legend>{t.age}</legend>
              <p class="problem" id="age-problem" hidden={!wrong("age")}>
                {wrong("age") ? words.age : ""}
              </p>
              <label>
                <input type="radio" name="age" value="older" checked={typed?.age === "older"} /> {t.older}
              </label>
              <label>
                <input type="radio" name="age" value="younger" /> {t.younger}
              </label>
            </fieldset>
            <p class="note" id="too-young" role="status" hidden={!wrong("young")}>
              {wrong("young") ? t.tooYoungTold : t.tooYoung}
            </p>
            <div class="stack" id="send">
              <label class="tick">
                <input type="checkbox" name="wantsNews" checked={typed?.wantsNews} />{" "}
                <span>{newsWording[page.language]}</span>
              </label>
              {wrong("tries") || wrong("broken") ? (
                <p class="notice" role="alert">
                  {wrong("tries") ? words.tries : words.other}
                </p>
              ) : (
                <Notice />
              )}
              <button class="button wide" type="submit">
                {t.go}
              </button>
            </div>
          </fieldset>
        </form>
      )}
      <section class="stack" id="look-in-mail" tabindex={-1} role={isSent ? "status" : undefined} hidden={!isSent}>
        <h2>{t.mailTitle}</h2>
        {isSent ? (
          <p>
            {t.mailed} {t.mailNext}
          </p>
        ) : (
          <p>
            {t.mail} <strong id="mailed-to" />. {t.mailNext}
          </p>
        )}
        <a class="button quiet" href={href(page, "/sign-up")} id="again">
          {t.again}
        </a>
      </section>
      <p class="small door-foot">
        {t.have}{" "}
        <a href={href(page, next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`)}>
          {t.signIn}
        </a>
        <br />
        <a href={href(page, "/privacy")}>{t.privacy}</a>
      </p>
    </EntryPage>
  );
}

const confirmText = words({
  en: {
    title: "One more thing, and you are in",
    lead: "The address is yours. Now choose what you sign in with: it is made here, in this browser, and by nobody else.",
    picture: "Three steps on one line, two of them played; the playhead stands at the last.",
    passkeyHint: "Your fingerprint, face or device PIN. There is nothing to remember and nothing to steal.",
    passkey: "Open it with a passkey",
    orPassword: "Use a password instead",
    passwordHint: "It is never sent, not even to us: your browser proves that you know it.",
    withPassword: "Open it with this password",
    as: "Opens the account of",
    bad: "This link has been used, has expired, or was never ours. If you are not in yet, sign up again: it takes a minute.",
    again: "Sign up again",
    in: "This link has been used, and all is well: you are signed in.",
    isIn: ["You are in", "There is nothing left to do here."],
    isOver: ["This link has done its part", "Links in our mails work once, for a day."],
    account: "To your account",
  },
  de: {
    title: "Ein Schritt noch, und du bist drin",
    lead: "Die Adresse gehört dir. Wähle jetzt, womit du dich anmeldest: Passkey oder Passwort entstehen hier in diesem Browser, und niemand sonst bekommt sie zu sehen.",
    picture: "Drei Schritte auf einer Linie, zwei sind gespielt; der Abspielkopf steht am letzten.",
    passkeyHint: "Dein Fingerabdruck, dein Gesicht oder die PIN des Geräts. Nichts zu merken, nichts zu stehlen.",
    passkey: "Mit Passkey eröffnen",
    orPassword: "Lieber ein Passwort",
    passwordHint: "Es wird nie gesendet, auch nicht an uns: Dein Browser beweist, dass du es kennst.",
    withPassword: "Mit diesem Passwort eröffnen",
    as: "Eröffnet wird das Konto von",
    bad: "Dieser Link wurde benutzt, ist abgelaufen oder war nie von uns. Bist du noch nicht drin, beginne von vorn: Es dauert eine Minute.",
    again: "Von vorn beginnen",
    in: "Diesen Link hast du schon benutzt, und alles ist gut: Du bist angemeldet.",
    isIn: ["Du bist drin", "Hier ist nichts mehr zu tun."],
    isOver: ["Dieser Link ist verbraucht", "Die Links in unseren Mails gelten einmal, einen Tag lang."],
    account: "Zu deinem Konto",
  },
});

/**
 * Opening the mailed link changes nothing, because mail programs open links too. The browser that goes on from here sets the credential, so
 * nobody else has chosen one for this address.
 */
export function ConfirmSignUp({
  page,
  token,
  next,
  person,
}: {
  page: Page;
  token: string;
  next: string | undefined;
  person: Person | null;
}) {
  const t = confirmText[page.language];
  const [you = "", mail = "", key = ""] = text[page.language].steps;
  const clips = [
    { label: you, from: 0, to: 1 / 3, track: 0, person: 1 },
    { label: mail, from: 1 / 3, to: 2 / 3, track: 1, person: 2 },
    { label: key, from: 2 / 3, to: 1, track: 2, person: 4, isAhead: person === null && page.account === null },
  ];
  const now = person !== null ? 11 / 12 : page.account === null ? 2 / 3 : 1;
  const [title = "", lead = ""] = person !== null ? [t.title, t.lead] : page.account === null ? t.isOver : t.isIn;
  return (
    <EntryPage
      page={page}
      title={title}
      lead={lead}
      picture={{ label: t.picture, clips, now }}
      scripts={person === null ? [] : ["confirm-sign-up"]}
    >
      {person === null ? (
        <div class="stack">
          <p class={page.account === null ? "notice" : "notice good"} role="alert">
            {page.account === null ? t.bad : t.in}
          </p>
          <a class="button" href={href(page, page.account === null ? "/sign-up" : "/account")}>
            {page.account === null ? t.again : t.account}
          </a>
        </div>
      ) : (
        <>
          <NeedsScript page={page} />
          <form
            class="stack"
            id="confirm-sign-up"
            method="post"
            data-said={saidOf(page)}
            data-token={token}
            data-name={person.displayName}
            data-email={person.email}
            data-next={next ?? href(page, "/account?done=welcome")}
            novalidate
          >
            <p>
              {t.as} <strong>{person.displayName}</strong>, {person.email}
            </p>
            <fieldset disabled class="stack">
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
                  <p class="small soft">{t.passwordHint}</p>
                  <input type="email" autocomplete="username" value={person.email} readonly hidden />
                  <PasswordField page={page} id="password" kind="new" />
                  <button class="button quiet wide" type="submit">
                    {t.withPassword}
                  </button>
                </div>
              </details>
            </fieldset>
          </form>
        </>
      )}
    </EntryPage>
  );
}
