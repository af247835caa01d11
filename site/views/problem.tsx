import { Arrangement } from "../design/arrangement.tsx";
import { State } from "../design/form.tsx";
import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    missing: ["There is nothing on this bar", "The page has moved, has ended, or was never here."],
    denied: ["This is not yours to open", "Sign in with the account that was invited, or ask the host."],
    stranger: ["Who is playing?", "This belongs to somebody who is signed in."],
    gone: ["This has ended", "It was here and has been deleted, or its time was over."],
    often: ["A little too fast", "That was a lot in a short time."],
    wait: (minutes: number) =>
      `Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, then go back and send it again; what you typed is still there.`,
    large: ["That is too large to send", "Go back and choose something smaller. A sound may have up to 12 MB."],
    busy: [
      "We are tuning",
      "The service is busy for a moment. Recordings on your own disk are safe; try again shortly.",
    ],
    signIn: "Sign in",
    broken: ["We dropped a beat", "Something broke on our side. Nothing was lost; try again in a moment."],
    home: "Back to the start",
    profile: "Back to your profile",
    request: "Request",
    picture: "Two tracks; the playhead stands where neither of them plays.",
  },
  de: {
    missing: ["Auf diesem Takt ist nichts", "Die Seite ist umgezogen, gelöscht, oder es gab sie nie."],
    denied: ["Das darfst du nicht öffnen", "Melde dich mit dem Konto an, das eingeladen wurde, oder frag den Host."],
    stranger: ["Wer spielt?", "Das gehört jemandem, der angemeldet ist."],
    gone: ["Das ist zu Ende", "Es war hier, wurde aber gelöscht, oder die Frist ist abgelaufen."],
    often: ["Etwas zu schnell", "Das waren viele Versuche in kurzer Zeit."],
    wait: (minutes: number) =>
      `Warte ${minutes === 1 ? "eine Minute" : `${minutes} Minuten`}, geh zurück und schick es noch einmal; was du geschrieben hast, ist noch da.`,
    large: ["Das ist zu groß", "Geh zurück und nimm etwas Kleineres. Eine Hörprobe darf bis zu 12 MB haben."],
    busy: [
      "Wir stimmen gerade",
      "Der Dienst ist kurz ausgelastet. Aufnahmen auf deiner Platte sind sicher; versuch es gleich noch einmal.",
    ],
    signIn: "Anmelden",
    broken: [
      "Wir sind aus dem Takt",
      "Bei uns ist etwas kaputtgegangen. Verloren ist nichts; versuch es gleich noch einmal.",
    ],
    home: "Zurück zum Anfang",
    profile: "Zurück zu deinem Profil",
    request: "Anfrage",
    picture: "Zwei Spuren; der Abspielkopf steht, wo keine von beiden spielt.",
  },
});

/** Something was here and something may come; where the reader stands is silence. */
const clips = [
  { label: "", from: 0, to: 0.38, track: 0, person: 1 },
  { label: "", from: 0.12, to: 0.44, track: 1, person: 2 },
  { label: "", from: 0.68, to: 1, track: 0, person: 1, isAhead: true },
  { label: "", from: 0.62, to: 0.9, track: 1, person: 2, isAhead: true },
];

const kindOf = {
  401: "stranger",
  403: "denied",
  404: "missing",
  410: "gone",
  413: "large",
  429: "often",
  500: "broken",
  503: "busy",
} as const;
export type ProblemStatus = keyof typeof kindOf;
/** The page's status for an error's: what has no words of its own is simply not there, or broken. */
export const shownStatus = (status: number): ProblemStatus =>
  status in kindOf ? (status as ProblemStatus) : status >= 500 ? 500 : 404;

export interface ProblemPageProps {
  page: Page;
  status: ProblemStatus;
  /** After which asking again may help, where that is known. */
  waitSeconds: number | undefined;
  requestId: string;
}

export function ProblemPage({ page, status, waitSeconds = 60, requestId }: ProblemPageProps) {
  const t = text[page.language];
  const [title = "", said = ""] = t[kindOf[status]];
  const sentence = status === 429 ? `${said} ${t.wait(Math.max(1, Math.ceil(waitSeconds / 60)))}` : said;
  const here = encodeURIComponent(page.path + page.search);
  const next =
    status === 401 || (status === 403 && page.account === null)
      ? { href: href(page, `/sign-in?next=${here}`), label: t.signIn }
      : status === 413
        ? { href: href(page, "/account/profile#sample"), label: t.profile }
        : { href: href(page, "/"), label: t.home, isAside: status === 429 };
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={next} />
      <Arrangement label={t.picture} clips={clips} now={0.53} />
      <p class="small soft instrument">
        {t.request} {requestId}
      </p>
    </Layout>
  );
}
