import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
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

/** A waveform as one path: hits with a decay on a beat grid, the same on every visit. Height 100, one unit a column. */
function waveform(columns: number, beat: number, decay: number, seed: number): string {
  let state = seed;
  let path = "";
  for (let x = 0; x < columns; x += 2) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const chance = state / 2_147_483_648;
    const level = 0.06 + 0.94 * Math.exp(-(x % beat) / decay) * (0.55 + 0.45 * chance);
    const half = Math.round(level * 48);
    path += `M${x} ${50 - half}v${half * 2}`;
  }
  return path;
}
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
