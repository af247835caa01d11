import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
import { waveform } from "../design/waveform.ts";
import { words } from "../i18n/language.ts";

const text = words({
  en: {
    title: "Two studios. One playhead.",
    lead: "Press play here, and their DAW rolls there, on the same beat. Press stop, and their take is in your session, on the right bar.",
    how: "How a session works",
    picture:
      "Two studios, Liverpool and Leipzig, each playing its own part; one playhead crosses both at the same moment.",
    rolling: "Rolling",
    bar: "bar",
    here: "Liverpool, drums",
    there: "Leipzig, bass",
    hereRole: "here",
    thereRole: "there",
    points: [
      [
        "Transports are one",
        "Every command says when it takes effect, so play means the same bar in both rooms. Your DAW leads or follows over MIDI Machine Control.",
      ],
      [
        "Takes are recorded where they are played",
        "Each stem is captured dry, on the player’s own disk. A bad line costs you a moment of monitoring, never the take.",
      ],
      [
        "You decide what travels",
        "A recording stays on your machine until you share it. Others see your display name, never your e-mail or your network address.",
      ],
    ],
  },
  de: {
    title: "Zwei Studios. Ein Abspielkopf.",
    lead: "Hier auf Play gedrückt, und dort läuft die DAW auf demselben Schlag los. Nach dem Stopp liegt der Take in deiner Session, auf dem richtigen Takt.",
    how: "So läuft eine Session",
    picture:
      "Zwei Studios, Liverpool und Leipzig, jedes mit seiner Stimme; ein Abspielkopf läuft zur selben Zeit über beide.",
    rolling: "Läuft",
    bar: "Takt",
    here: "Liverpool, Schlagzeug",
    there: "Leipzig, Bass",
    hereRole: "hier",
    thereRole: "dort",
    points: [
      [
        "Ein gemeinsamer Transport",
        "Jeder Befehl sagt, wann er gilt. So heißt Play in beiden Räumen derselbe Takt. Deine DAW führt oder folgt über MIDI Machine Control.",
      ],
      [
        "Aufgenommen wird, wo gespielt wird",
        "Jede Spur landet trocken auf der Platte der Person, die spielt. Eine schlechte Leitung kostet einen Moment Mithören, nie den Take.",
      ],
      [
        "Du bestimmst, was auf Reisen geht",
        "Eine Aufnahme bleibt auf deinem Rechner, bis du sie teilst. Andere sehen deinen Anzeigenamen, nie deine E-Mail oder Netzadresse.",
      ],
    ],
  },
});

const drums = waveform(480, 20, 6, 7);
const bass = waveform(480, 40, 22, 1_981);

function Studio({
  person,
  kind,
  name,
  role,
  path,
}: {
  person: number;
  kind: string;
  name: string;
  role: string;
  path: string;
}) {
  return (
    <div class={`studio ${kind} person-${person}`}>
      <header>
        <span>{name}</span>
        <span class="soft">{role}</span>
      </header>
      <div class="lane">
        <svg viewBox="0 0 480 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={path} stroke={`var(--person-${person})`} stroke-width="1.2" />
        </svg>
        <div class="playhead" />
      </div>
    </div>
  );
}

/** What the product does, shown rather than said. */
export function Home({ page }: { page: Page }) {
  const t = text[page.language];
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <section class="hero">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <a class="button" href={href(page, "/help")}>
          {t.how}
        </a>
      </section>
      <div class="panel studios" role="img" aria-label={t.picture}>
        <div aria-hidden="true">
          <Studio person={1} kind="here" name={t.here} role={t.hereRole} path={drums} />
          <Studio person={2} kind="there" name={t.there} role={t.thereRole} path={bass} />
          <div class="clock">
            <strong class="rolling">▶ {t.rolling}</strong>
            <span class="instrument bar">{t.bar} </span>
            <span class="instrument soft">120.0 BPM</span>
          </div>
        </div>
      </div>
      <section class="columns">
        {t.points.map(([title, sentence]) => (
          <div class="stack">
            <h2>{title}</h2>
            <p class="soft">{sentence}</p>
          </div>
        ))}
      </section>
    </Layout>
  );
}
