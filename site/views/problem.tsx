import { State } from "../design/form.tsx";
import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    missing: ["There is nothing on this bar", "The page has moved, has ended, or was never here."],
    denied: ["This is not yours to open", "Sign in with the account that was invited, or ask the host."],
    broken: ["We dropped a beat", "Something broke on our side. Nothing was lost; try again in a moment."],
    home: "Back to the start",
    request: "Request",
  },
  de: {
    missing: ["Auf diesem Takt ist nichts", "Die Seite ist umgezogen, zu Ende oder war nie hier."],
    denied: [
      "Das darfst du nicht öffnen",
      "Melde dich mit dem eingeladenen Konto an oder frag die Leitung der Session.",
    ],
    broken: [
      "Wir sind aus dem Takt",
      "Bei uns ist etwas kaputtgegangen. Verloren ist nichts; versuch es gleich noch einmal.",
    ],
    home: "Zurück zum Anfang",
    request: "Anfrage",
  },
});

export function ProblemPage({ page, status, requestId }: { page: Page; status: number; requestId: string }) {
  const t = text[page.language];
  const [title = "", sentence = ""] =
    status >= 500 ? t.broken : status === 401 || status === 403 ? t.denied : t.missing;
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={{ href: href(page, "/"), label: t.home }} />
      <p class="small soft instrument">
        {t.request} {requestId}
      </p>
    </Layout>
  );
}
