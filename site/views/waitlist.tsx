import { ErrorSummary, Problem, State } from "../design/form.tsx";
import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
import { Timeline } from "../design/timeline.tsx";
import { waitlistWording } from "../i18n/consent.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    title: "Be there when it opens",
    lead: "SessionLinked opens soon. Leave an address, and we write once, on the day.",
    email: "Your e-mail address",
    emailHint: "We send one mail now, so that you can confirm it.",
    consent: "I agree",
    join: "Put me on the list",
    problems: {
      email: "Enter an e-mail address, like ada@example.org.",
      consent: "Tick the box if you agree. Without your consent we may not write to you.",
    },
    tries: "That was a lot in a short time. Wait a minute, then try again.",
    line: "How long your address is kept",
    lineSaid:
      "Your address is kept from today until 90 days after the launch. If you do not confirm it, it is forgotten within 7 days. Making an account or leaving the list ends it at once.",
    today: "today",
    week: "7 days",
    launch: "launch",
    end: "+ 90 days",
    unconfirmed: "not confirmed",
    confirmed: "confirmed",
    leave:
      "You can leave at any time with one click in any mail. What is left then is a note that somebody left, and when.",
    mailed: "Look into your inbox",
    mailedSentence: "If this address can be put on the list, a mail is on its way. Its link works for a week.",
    home: "Back to the start",
    confirmTitle: "One click and you are on the list",
    confirmSentence: "Confirm that the address is yours. We write once, on the day SessionLinked opens.",
    confirmButton: "Yes, put me on the list",
    doneTitle: "You are on the list",
    doneSentence: "We write on the day SessionLinked opens. Until then, have a look at how it works.",
    doneNext: "How a session works",
    badTitle: "This link no longer works",
    badSentence: "It was used up, is older than a week, or was never ours. Nothing about you is kept under it.",
    badNext: "To the waiting list",
    outTitle: "End these mails?",
    outSentence: "One click, no sign-in. What you have agreed to is taken back, and nothing about you stays with it.",
    outButton: "End them",
    outDoneTitle: "Done",
    outDoneSentence: "You get no more of these mails. We keep a note that a consent ended today, without saying whose.",
    outBadSentence: "This link is not one of ours. Take the one from the newest mail, or change it in your account.",
  },
  de: {
    title: "Sei dabei, wenn es losgeht",
    lead: "SessionLinked öffnet bald. Lass deine Adresse da: An dem Tag schreiben wir dir, ein einziges Mal.",
    email: "Deine E-Mail-Adresse",
    emailHint: "Jetzt kommt eine Mail, damit du sie bestätigen kannst.",
    consent: "Ich bin einverstanden",
    join: "Setzt mich auf die Liste",
    problems: {
      email: "Gib eine E-Mail-Adresse ein, etwa ada@example.org.",
      consent: "Setz das Häkchen, wenn du einverstanden bist. Ohne deine Einwilligung dürfen wir dir nicht schreiben.",
    },
    tries: "Das waren viele Versuche in kurzer Zeit. Warte eine Minute und versuch es dann noch einmal.",
    line: "Wie lange deine Adresse bleibt",
    lineSaid:
      "Wir behalten deine Adresse von heute bis 90 Tage nach dem Start. Bestätigst du sie nicht, ist sie nach 7 Tagen gelöscht; eröffnest du ein Konto oder trägst dich aus, sofort.",
    today: "heute",
    week: "7 Tage",
    launch: "Start",
    end: "+ 90 Tage",
    unconfirmed: "nicht bestätigt",
    confirmed: "bestätigt",
    leave:
      "Austragen kannst du dich jederzeit mit einem Klick in jeder Mail. Dann bleibt nur die Notiz, dass sich jemand ausgetragen hat, und wann.",
    mailed: "Schau in dein Postfach",
    mailedSentence: "Lässt sich die Adresse eintragen, ist eine Mail unterwegs. Ihr Link gilt eine Woche.",
    home: "Zurück zum Anfang",
    confirmTitle: "Ein Klick, und du stehst auf der Liste",
    confirmSentence:
      "Bestätige, dass die Adresse deine ist. Wir schreiben dir einmal, an dem Tag, an dem SessionLinked öffnet.",
    confirmButton: "Ja, setzt mich auf die Liste",
    doneTitle: "Du stehst auf der Liste",
    doneSentence:
      "Wir schreiben an dem Tag, an dem SessionLinked öffnet. Schau dir bis dahin an, wie eine Session läuft.",
    doneNext: "So läuft eine Session",
    badTitle: "Dieser Link gilt nicht mehr",
    badSentence:
      "Er ist verbraucht, älter als eine Woche oder war nie von uns. Über dich ist darunter nichts gespeichert.",
    badNext: "Zur Warteliste",
    outTitle: "Diese Mails beenden?",
    outSentence: "Ein Klick, ohne Anmeldung. Deine Einwilligung ist dann zurückgenommen, und nichts über dich bleibt.",
    outButton: "Beenden",
    outDoneTitle: "Erledigt",
    outDoneSentence:
      "Du bekommst keine solchen Mails mehr. Wir merken uns, dass heute eine Einwilligung endete, nicht wessen.",
    outBadSentence: "Dieser Link ist nicht von uns. Nimm den aus der neuesten Mail oder ändere es in deinem Konto.",
  },
});

interface WaitlistProps {
  page: Page;
  state: "open" | "mailed" | "tries";
  email: string;
  consented?: boolean;
  wrong?: readonly string[];
}

/** The form, and beside it on one line how long an address is kept. */
export function Waitlist({ page, state, email, consented = false, wrong = [] }: WaitlistProps) {
  const t = text[page.language];
  if (state === "mailed")
    return (
      <Layout page={page} title={t.mailed} hidden>
        <State title={t.mailed} sentence={t.mailedSentence} next={{ href: href(page, "/"), label: t.home }} />
      </Layout>
    );
  const problems: Record<string, string> = {
    ...(wrong.includes("email") ? { email: t.problems.email } : {}),
    ...(wrong.includes("consent") ? { consent: t.problems.consent } : {}),
    ...(state === "tries" ? { email: t.tries } : {}),
  };
  return (
    <Layout page={page} title={t.title} description={t.lead} scripts={["fields"]} styles={["hub.css"]}>
      <section class="waitlist">
        <div class="stack">
          <h1>{t.title}</h1>
          <p class="lead">{t.lead}</p>
        </div>
        <form class="stack" method="post" action={href(page, "/waitlist")} novalidate>
          <ErrorSummary page={page} problems={problems} />
          <div class="field">
            <label for="email">{t.email}</label>
            <p class="small soft" id="email-hint">
              {t.emailHint}
            </p>
            <Problem of="email" text={problems.email} />
            <input
              id="email"
              name="email"
              type="email"
              autocomplete="email"
              value={email}
              required
              data-missing={t.problems.email}
              aria-describedby={problems.email === undefined ? "email-hint" : "email-hint email-problem"}
              aria-invalid={problems.email === undefined ? undefined : "true"}
            />
          </div>
          <Problem of="consent" text={problems.consent} />
          <label class="tick">
            <input
              id="consent"
              name="consent"
              type="checkbox"
              value="yes"
              checked={consented}
              required
              data-missing={t.problems.consent}
            />
            <span>{waitlistWording[page.language]}</span>
          </label>
          <button class="button" type="submit">
            {t.join}
          </button>
        </form>
      </section>
      <section class="stack">
        <h2>{t.line}</h2>
        <Timeline
          label={t.lineSaid}
          from={0}
          to={100}
          ticks={[
            { at: 18, label: t.week },
            { at: 62, label: t.launch },
            { at: 100, label: t.end },
          ]}
          spans={[
            { from: 0, to: 18, label: t.unconfirmed },
            { from: 0, to: 100, label: t.confirmed, person: 1 },
          ]}
          marks={[{ at: 0, label: t.today, kind: "here" }]}
        />
        <p class="soft">{t.lineSaid}</p>
        <p class="soft">{t.leave}</p>
      </section>
    </Layout>
  );
}

/** A page with one button that does it: a mail program that opens links in advance does nothing by that. */
function Ask({
  page,
  title,
  sentence,
  action,
  button,
  token,
}: {
  page: Page;
  title: string;
  sentence: string;
  action: string;
  button: string;
  token?: string;
}) {
  return (
    <Layout page={page} title={title} hidden>
      <form class="stack" method="post" action={href(page, action)}>
        <h1>{title}</h1>
        <p class="lead">{sentence}</p>
        {token === undefined ? null : <input type="hidden" name="token" value={token} />}
        <button class="button" type="submit">
          {button}
        </button>
      </form>
    </Layout>
  );
}

export function WaitlistConfirm({ page, state, token }: { page: Page; state: "open" | "done" | "bad"; token: string }) {
  const t = text[page.language];
  if (state === "open")
    return (
      <Ask
        page={page}
        title={t.confirmTitle}
        sentence={t.confirmSentence}
        action="/waitlist/confirm"
        button={t.confirmButton}
        token={token}
      />
    );
  const [title, sentence, next] =
    state === "done"
      ? [t.doneTitle, t.doneSentence, { href: href(page, "/help"), label: t.doneNext }]
      : [t.badTitle, t.badSentence, { href: href(page, "/waitlist"), label: t.badNext }];
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={next} />
    </Layout>
  );
}

export function Unsubscribe({ page, state, token }: { page: Page; state: "open" | "done" | "bad"; token: string }) {
  const t = text[page.language];
  if (state === "open")
    return (
      <Ask
        page={page}
        title={t.outTitle}
        sentence={t.outSentence}
        action={`/unsubscribe?token=${encodeURIComponent(token)}`}
        button={t.outButton}
      />
    );
  const [title, sentence] = state === "done" ? [t.outDoneTitle, t.outDoneSentence] : [t.badTitle, t.outBadSentence];
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={{ href: href(page, "/"), label: t.home }} />
    </Layout>
  );
}
