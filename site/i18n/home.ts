import { words } from "./language.ts";

/** The words of the home page. Its figures come from the demo's report, not from here. */
export const homeText = words({
  en: {
    title: "Two studios. One playhead.",
    lead: "Press play here, and their DAW rolls there, on the same beat. Press stop, and their take is in your session, on the right bar.",
    open: "Open an account",
    sessions: "Your sessions",
    how: "How a session works",
    picture:
      "Two studios, Liverpool and Leipzig, each playing its own part; one playhead crosses both at the same moment. Recording begins at bar 20.",
    rolling: "Rolling",
    recording: "Recording",
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
        "Each stem is captured dry, on the player’s own disk. A bad connection costs you a moment of monitoring, never the take.",
      ],
      [
        "You decide what travels",
        "A recording stays on your machine until you share it. Others see your display name, never your e-mail or your network address.",
      ],
    ],
    measured: "Measured, not promised",
    measuredLead:
      "These are the last run of our own demo: two companions on one machine, through a relay, timed from inside the sound. The road between your cities comes on top: light alone takes 5.2 ms through glass from Liverpool to Leipzig.",
    delay: (sound: string) =>
      `How late is late, from 0 to 60 milliseconds one way: up to 25 you play together, up to 40 with care, beyond that you overdub. Five metres of air take 14.6 ms; our studio lane took ${sound} ms.`,
    zones: ["play together", "with care", "overdub"],
    air: "5 m of air",
    lane: "our studio lane",
    figures: {
      sound: (p95: string) =>
        `from one musician’s input to the other’s ear, one way; 95 % within ${p95} ms. Bit for bit.`,
      transport: "at most between the moments at which both DAWs are told to play",
      take: "at most between where a take was played and where it lies in the other’s project",
      unshared: "of a take leave your machine before you share it",
    },
    bytes: "bytes",
    proof: "Run it yourself: it is one command, and it fails if any of this does not hold.",
    hub: "Somebody is missing?",
    hubLead:
      "On the Hub, musicians say what they play, with which DAW, and what an hour costs. They are there because they chose to be; you write to them without either of you seeing an address.",
    hubSearch: "Search the Hub",
    hubExample: "an instrument, a DAW, a style",
    search: "Search",
    closing: "Tonight, bar one, in two cities.",
    closingLead: "An account is a name, an address and a key that only you hold.",
    waitlist: "Tell me when it opens for everyone",
  },
  de: {
    title: "Zwei Studios. Ein Abspielkopf.",
    lead: "Drück hier auf Play, und dort läuft die DAW auf demselben Schlag los. Drück auf Stopp, und der Take von drüben liegt in deiner Session, auf dem richtigen Takt.",
    open: "Konto eröffnen",
    sessions: "Deine Sessions",
    how: "So läuft eine Session",
    picture:
      "Zwei Studios, Liverpool und Leipzig, jedes mit seiner eigenen Stimme; ein Abspielkopf läuft zur selben Zeit über beide. Die Aufnahme beginnt bei Takt 20.",
    rolling: "Läuft",
    recording: "Aufnahme",
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
        "Jede Spur wird trocken auf der Platte aufgenommen, vor der gespielt wird. Eine schlechte Verbindung kostet einen Moment Mithören, nie den Take.",
      ],
      [
        "Du bestimmst, was auf Reisen geht",
        "Eine Aufnahme bleibt auf deinem Rechner, bis du sie teilst. Andere sehen deinen Anzeigenamen, nie deine E-Mail oder Netzadresse.",
      ],
    ],
    measured: "Gemessen, nicht versprochen",
    measuredLead:
      "Das ist der letzte Lauf unserer eigenen Demo: zwei Companions auf einem Rechner, über ein Relais, gemessen aus dem Ton selbst. Der Weg zwischen euren Städten kommt dazu: Allein das Licht in der Glasfaser braucht von Liverpool nach Leipzig 5,2 ms.",
    delay: (sound: string) =>
      `Wie spät ist zu spät, von 0 bis 60 Millisekunden in eine Richtung: bis 25 spielt ihr zusammen, bis 40 mit Vorsicht, darüber per Overdub. Für fünf Meter Luft braucht Schall 14,6 ms; unsere Studioverbindung brauchte ${sound} ms.`,
    zones: ["zusammen", "vorsichtig", "Overdub"],
    air: "5 m Luft",
    lane: "unsere Strecke",
    figures: {
      sound: (p95: string) =>
        `vom Eingang der einen bis ans Ohr der anderen, in eine Richtung; 95 % innerhalb von ${p95} ms. Bit für Bit.`,
      transport: "höchstens zwischen den Momenten, in denen beide DAWs losgeschickt werden",
      take: "höchstens zwischen dem Ort, an dem ein Take gespielt wurde, und dem, an dem er im anderen Projekt liegt",
      unshared: "eines Takes verlassen deinen Rechner, bevor du ihn teilst",
    },
    bytes: "Byte",
    proof: "Probier es selbst: Es ist ein Befehl, und er schlägt fehl, wenn etwas davon nicht stimmt.",
    hub: "Fehlt noch jemand?",
    hubLead:
      "Auf dem Hub sagen Musikerinnen und Musiker, was sie spielen, mit welcher DAW, und was eine Stunde kostet. Alle sind freiwillig dort; ihr schreibt euch, ohne die Adresse des anderen zu sehen.",
    hubSearch: "Den Hub durchsuchen",
    hubExample: "ein Instrument, eine DAW, ein Stil",
    search: "Suchen",
    closing: "Heute Abend, Takt eins, in zwei Städten.",
    closingLead: "Ein Konto ist ein Name, eine Adresse und ein Schlüssel, den nur du hast.",
    waitlist: "Sagt mir, wann es für alle öffnet",
  },
});
