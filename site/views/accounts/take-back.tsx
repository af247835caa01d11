import { href, type Page } from "../../design/page.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage } from "./parts.tsx";

const text = words({
  en: {
    title: "That was not you?",
    lead: "Then stop it here. A change that still waits is cancelled. One that has happened is undone: what was added is removed, everybody is signed out, your address is yours again, and we mail it a link to a new password.",
    picture: "A part that somebody else punched in; at the playhead it stops, and your own goes on.",
    clips: ["Yours", "Not yours", "Yours again"],
    button: "Stop it and take it back",
    was: "If it was you, close this page: nothing happens.",
    states: {
      stopped: "Stopped. The link in that mail no longer works, and your password is as it was.",
      "taken-back": "Taken back. Everybody is signed out. Look in your mail: the link there sets a new password.",
      "link-invalid": "This link has been used, has expired, or was never ours.",
      "address-taken": "The old address belongs to another account by now. Write to us, and we look at it together.",
    },
    reset: "Set a new password",
  },
  de: {
    title: "Das warst nicht du?",
    lead: "Dann halte es hier an. Was noch wartet, wird ungültig. Hat sich schon etwas geändert, wird es rückgängig gemacht: Was dazukam, verschwindet, alle werden abgemeldet, deine Adresse ist wieder deine, und dorthin kommt ein Link für ein neues Passwort.",
    picture: "Eine Stimme, die jemand anders eingespielt hat; am Abspielkopf hört sie auf, und deine geht weiter.",
    clips: ["Deine", "Nicht deine", "Wieder deine"],
    button: "Anhalten und rückgängig machen",
    was: "Warst du es doch, schließ diese Seite: Es passiert nichts.",
    states: {
      stopped: "Angehalten. Der Link in der Mail gilt nicht mehr, und dein Passwort ist unverändert.",
      "taken-back":
        "Rückgängig gemacht. Alle sind abgemeldet. Sieh in dein Postfach: Mit dem Link dort setzt du ein neues Passwort.",
      "link-invalid": "Dieser Link wurde benutzt, ist abgelaufen oder war nie von uns.",
      "address-taken":
        "Die alte Adresse gehört inzwischen zu einem anderen Konto. Schreib uns, dann sehen wir es uns gemeinsam an.",
    },
    reset: "Neues Passwort setzen",
  },
});
export type TakeBackState = "open" | "stopped" | "taken-back" | "link-invalid" | "address-taken";

/** Looking changes nothing; the button does, on any device, signed in or not. */
export function TakeBack({ page, token, state }: { page: Page; token: string; state: TakeBackState }) {
  const t = text[page.language];
  const [own = "", foreign = "", again = ""] = t.clips;
  const isDone = state === "stopped" || state === "taken-back";
  const clips = [
    { label: own, from: 0, to: 0.4, track: 0, person: 1 },
    { label: foreign, from: 0.4, to: 0.62, track: 1, person: 5 },
    { label: again, from: 0.62, to: 1, track: 0, person: 1, isAhead: !isDone },
  ];
  return (
    <EntryPage page={page} title={t.title} lead={t.lead} picture={{ label: t.picture, clips, now: 0.62 }}>
      {state === "open" ? (
        <form class="stack" method="post" action={href(page, "/account/take-back")}>
          <input type="hidden" name="token" value={token} />
          <button class="button wide" type="submit">
            {t.button}
          </button>
          <p class="small soft">{t.was}</p>
        </form>
      ) : (
        <div class="stack">
          <p class={isDone ? "notice good" : "notice"} role="alert">
            {t.states[state]}
          </p>
          {state === "stopped" ? null : (
            <a class="button" href={href(page, "/reset")}>
              {t.reset}
            </a>
          )}
        </div>
      )}
    </EntryPage>
  );
}
