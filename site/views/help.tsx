import { Layout } from "../design/layout.tsx";
import type { Page } from "../design/page.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    title: "Help",
    lead: "An evening with someone in another city, in the order in which it happens.",
    steps: [
      [
        "Invite",
        "The host makes an invitation for a participant, who may play and command the transport, or an observer, who may listen, watch and chat. A code lasts seven days.",
      ],
      [
        "Listen to the line",
        "SessionLinked measures the way between you. Up to 25 ms one way you can play together; up to 40 ms with care; beyond that, overdub: one plays, the other answers.",
      ],
      [
        "Roll",
        "Play, stop, record, locate and tempo reach both DAWs with the moment at which they take effect. Everyone sees the same commands in the same order.",
      ],
      [
        "Share the take",
        "Your stems are on your own disk. Share the ones you want heard; the others stay where they are. Remember that a copy your collaborator has saved is out of our reach.",
      ],
      [
        "Fetch it in time",
        "Shared recordings are kept for 7 days on Free and 30 days on Pro; on Studio until the session is deleted.",
      ],
    ],
    stuck:
      "Still stuck? Write to hello@sessionlinked.com and include the request number from the page or message, if there is one.",
  },
  de: {
    title: "Hilfe",
    lead: "Ein Abend mit jemandem in einer anderen Stadt, der Reihe nach.",
    steps: [
      [
        "Einladen",
        "Wer die Session leitet, lädt Mitwirkende ein, die spielen und den Transport steuern, oder Zuhörende, die hören, sehen und schreiben. Ein Code gilt sieben Tage.",
      ],
      [
        "Die Leitung hören",
        "SessionLinked misst den Weg zwischen euch. Bis 25 ms in eine Richtung könnt ihr zusammen spielen, bis 40 ms mit Vorsicht; darüber hilft Overdub: eine Person spielt, die andere antwortet.",
      ],
      [
        "Loslegen",
        "Play, Stopp, Aufnahme, Position und Tempo erreichen beide DAWs mit dem Moment, in dem sie gelten. Alle sehen dieselben Befehle in derselben Reihenfolge.",
      ],
      [
        "Den Take teilen",
        "Deine Spuren liegen auf deiner Platte. Teile, was gehört werden soll; alles andere bleibt, wo es ist. Eine Kopie, die jemand gespeichert hat, können wir nicht zurückholen.",
      ],
      [
        "Rechtzeitig abholen",
        "Geteilte Aufnahmen bleiben bei Free 7 Tage, bei Pro 30 Tage und bei Studio, bis die Session gelöscht wird.",
      ],
    ],
    stuck:
      "Es klemmt noch? Schreib an hello@sessionlinked.com und nenne die Anfragenummer von der Seite oder Meldung, falls es eine gibt.",
  },
});

export function Help({ page }: { page: Page }) {
  const t = text[page.language];
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <section class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </section>
      <section class="columns">
        {t.steps.map(([title, sentence], index) => (
          <div class="stack">
            <span class="instrument soft">{index + 1}</span>
            <h2>{title}</h2>
            <p>{sentence}</p>
          </div>
        ))}
      </section>
      <p>{t.stuck}</p>
    </Layout>
  );
}
