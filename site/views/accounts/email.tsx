import { href, type Page } from "../../design/page.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage } from "./parts.tsx";

const text = words({
  en: {
    title: "Your new address",
    lead: "Confirm that it is yours, and from then on we write there. The old one is told.",
    picture: "One part ends, another takes over at the playhead.",
    clips: ["The old address", "This one"],
    button: "Use this address",
    problems: {
      "link-invalid": "This link has been used, has expired, or was never ours. Ask for a new one in your account.",
      "address-taken": "Another account uses this address.",
      used: (email: string) => `This link is used up. We write to ${email}.`,
      done: "Done. From now on we write to this address.",
    },
    account: "To your account",
  },
  de: {
    title: "Deine neue Adresse",
    lead: "Bestätige, dass sie dir gehört. Ab dann schreiben wir dorthin und sagen der alten Bescheid.",
    picture: "Eine Stimme endet, eine andere übernimmt am Abspielkopf.",
    clips: ["Die alte Adresse", "Diese"],
    button: "Diese Adresse verwenden",
    problems: {
      "link-invalid":
        "Dieser Link wurde benutzt, ist abgelaufen oder war nie von uns. Fordere in deinem Konto einen neuen an.",
      "address-taken": "Ein anderes Konto verwendet diese Adresse.",
      used: (email) => `Dieser Link ist verbraucht. Wir schreiben an ${email}.`,
      done: "Erledigt. Ab jetzt schreiben wir an diese Adresse.",
    },
    account: "Zu deinem Konto",
  },
});

/** The mailed link may be opened on any device, signed in or not; only the button changes something. */
export function ConfirmEmail({
  page,
  token,
  state,
  email,
}: {
  page: Page;
  token: string;
  state: "open" | "link-invalid" | "address-taken" | "done";
  /** Where mail goes to now, if the reader is signed in: whoever presses the link twice is told how things stand. */
  email: string | null;
}) {
  const t = text[page.language];
  const [before = "", after = ""] = t.clips;
  const clips = [
    { label: before, from: 0, to: 0.5, track: 0, person: 5 },
    { label: after, from: 0.5, to: 1, track: 1, person: 2, isAhead: state !== "done" },
  ];
  return (
    <EntryPage page={page} title={t.title} lead={t.lead} picture={{ label: t.picture, clips, now: 0.5 }}>
      {state === "open" ? (
        <form class="stack" method="post" action={href(page, "/account/email/confirm")}>
          <input type="hidden" name="token" value={token} />
          <button class="button wide" type="submit">
            {t.button}
          </button>
        </form>
      ) : (
        <div class="stack">
          <p class={state === "done" ? "notice good" : "notice"} role="alert">
            {state === "link-invalid" && email !== null ? t.problems.used(email) : t.problems[state]}
          </p>
          <a class="button" href={href(page, "/account")}>
            {t.account}
          </a>
        </div>
      )}
    </EntryPage>
  );
}
