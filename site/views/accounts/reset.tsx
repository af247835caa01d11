import { href, type Page } from "../../design/page.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage, LineField, NeedsScript, Notice, PasswordField, saidOf } from "./parts.tsx";

const text = words({
  en: {
    title: "A new password",
    lead: "Tell us your address. If it has an account, a link comes by mail, and with it you set a new one.",
    picture: "A take that stopped, and the punch-in that will replace its end.",
    clips: ["The old one", "The new one"],
    email: "E-mail",
    button: "Send me the link",
    sentTitle: "Look in your mail",
    sent: "If this address has an account, the link is on its way. It works once, for an hour.",
    newTitle: "Set the new password",
    newLead: "It takes effect at once, and every device that was signed in is signed out.",
    set: "Set this password",
    bad: "This link has been used, has expired, or was never ours.",
    again: "Ask for a new one",
    back: "Back to signing in",
    problems: {
      tries: "Too many tries from here. Wait a minute, then send it again.",
      address: "This does not look like an e-mail address.",
      broken: "Something broke on our side. Try again in a moment.",
    },
  },
  de: {
    title: "Ein neues Passwort",
    lead: "Nenn uns deine Adresse. Gehört ein Konto dazu, kommt ein Link per Mail, und damit setzt du ein neues.",
    picture: "Ein abgebrochener Take, und der Punch-in, der sein Ende ersetzt.",
    clips: ["Das alte", "Das neue"],
    email: "E-Mail",
    button: "Link schicken",
    sentTitle: "Sieh in dein Postfach",
    sent: "Gehört zu dieser Adresse ein Konto, ist der Link unterwegs. Er gilt einmal, eine Stunde lang.",
    newTitle: "Neues Passwort setzen",
    newLead: "Es gilt sofort, und alle Geräte, die angemeldet waren, sind abgemeldet.",
    set: "Dieses Passwort setzen",
    bad: "Dieser Link wurde benutzt, ist abgelaufen oder war nie von uns.",
    again: "Einen neuen anfordern",
    back: "Zurück zum Anmelden",
    problems: {
      tries: "Zu viele Versuche von hier. Warte eine Minute und schick es noch einmal.",
      address: "Das sieht nicht wie eine E-Mail-Adresse aus.",
      broken: "Bei uns ist etwas kaputtgegangen. Versuch es gleich noch einmal.",
    },
  },
});

function picture(page: Page, now: number) {
  const t = text[page.language];
  const [old = "", fresh = ""] = t.clips;
  const clips = [
    { label: old, from: 0, to: 0.5, track: 0, person: 5 },
    { label: fresh, from: 0.46, to: 1, track: 1, person: 3, isAhead: now < 0.5 },
  ];
  return { label: t.picture, clips, now };
}

/** Works without a script: asking for the mail says nothing secret. */
export function Reset({
  page,
  state,
  email,
}: {
  page: Page;
  state: "open" | "sent" | "tries" | "address" | "broken";
  email: string;
}) {
  const t = text[page.language];
  return (
    <EntryPage page={page} title={t.title} lead={t.lead} picture={picture(page, 0.46)} isPublic>
      {state === "sent" ? (
        <section class="stack" role="status">
          <h2>{t.sentTitle}</h2>
          <p>{t.sent}</p>
        </section>
      ) : (
        <form class="stack" method="post" action={href(page, "/reset")} novalidate>
          <LineField
            name="email"
            label={t.email}
            type="email"
            autocomplete="username"
            maxlength={254}
            value={email}
            problem={state === "open" ? undefined : t.problems[state]}
          />
          <button class="button wide" type="submit">
            {t.button}
          </button>
        </form>
      )}
      <p class="small door-foot">
        <a href={href(page, "/sign-in")}>{t.back}</a>
      </p>
    </EntryPage>
  );
}

export function FinishReset({ page, token, isBad }: { page: Page; token: string; isBad: boolean }) {
  const t = text[page.language];
  return (
    <EntryPage
      page={page}
      title={t.newTitle}
      lead={t.newLead}
      picture={picture(page, isBad ? 0.46 : 0.54)}
      scripts={isBad ? [] : ["reset"]}
    >
      {isBad ? (
        <div class="stack">
          <p class="notice" role="alert">
            {t.bad}
          </p>
          <a class="button" href={href(page, "/reset")}>
            {t.again}
          </a>
        </div>
      ) : (
        <>
          <NeedsScript page={page} />
          <form
            class="stack"
            id="reset"
            method="post"
            data-said={saidOf(page)}
            data-token={token}
            data-done={href(page, "/sign-in?done=reset")}
            novalidate
          >
            <fieldset disabled class="stack">
              <PasswordField page={page} id="password" kind="new" />
              <Notice />
              <button class="button wide" type="submit">
                {t.set}
              </button>
            </fieldset>
          </form>
        </>
      )}
      <p class="small door-foot">
        <a href={href(page, "/sign-in")}>{t.back}</a>
      </p>
    </EntryPage>
  );
}
