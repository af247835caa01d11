import { shown } from "./format.ts";
import type { Language } from "./language.ts";
import { words } from "./language.ts";

/** What the player says. It goes to the page's script as it is; `{name}` and the like are filled in there. */
const player = words({
  en: {
    play: "Play",
    pause: "Pause",
    playKey: "Space",
    start: "To the start",
    bar: "Bar",
    timecode: "Timecode",
    playhead: "Playhead",
    placeAt: "bar {bar}, {time}",
    states: {
      idle: "Ready",
      loading: "Loading…",
      playing: "Playing",
      paused: "Paused",
      waiting: "Loading… the connection is slower than the music",
      offline: "No network. It goes on by itself when there is one.",
      ended: "At the end",
      silent: "Every stem is muted",
      unsupported: "This browser cannot play stems together. The downloads work.",
    },
    loop: "Loop",
    loopIn: "Loop from here",
    loopOut: "Loop to here",
    loopRange: "{from} to {to}",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Whole session",
    view: "Part of the timeline that is shown",
    mute: "Mute {name}",
    solo: "Solo {name}",
    volume: "Volume of {name}",
    pan: "Pan of {name}",
    middle: "in the middle",
    left: "left",
    right: "right",
    click: "Click",
    clickKey: "A click on every beat (C)",
    half: "½×",
    halfKey: "Half speed, an octave lower (H)",
    off: "off",
    only: "Hear only this take",
    failed: {
      ended: "It has ended, and cannot be played any more.",
      forbidden: "Your role does not allow playing it.",
      "signed-out": "You are signed out. Sign in and load the page again.",
      unreadable: "The browser cannot read this file. Download it instead.",
    },
  },
  de: {
    play: "Abspielen",
    pause: "Pause",
    playKey: "Leertaste",
    start: "Zum Anfang",
    bar: "Takt",
    timecode: "Timecode",
    playhead: "Abspielkopf",
    placeAt: "Takt {bar}, {time}",
    states: {
      idle: "Bereit",
      loading: "Lädt…",
      playing: "Läuft",
      paused: "Pause",
      waiting: "Lädt… die Verbindung ist langsamer als die Musik",
      offline: "Kein Netz. Sobald es da ist, geht es von selbst weiter.",
      ended: "Am Ende",
      silent: "Alle Spuren sind stumm",
      unsupported: "Dieser Browser kann Spuren nicht gemeinsam abspielen. Herunterladen geht.",
    },
    loop: "Loop",
    loopIn: "Loop ab hier",
    loopOut: "Loop bis hier",
    loopRange: "{from} bis {to}",
    zoomIn: "Vergrößern",
    zoomOut: "Verkleinern",
    fit: "Ganze Session",
    view: "Gezeigter Teil der Zeitlinie",
    mute: "{name} stumm",
    solo: "{name} solo",
    volume: "Lautstärke von {name}",
    pan: "Panorama von {name}",
    middle: "in der Mitte",
    left: "links",
    right: "rechts",
    click: "Klick",
    clickKey: "Ein Klick auf jedem Schlag (C)",
    half: "½×",
    halfKey: "Halbes Tempo, eine Oktave tiefer (H)",
    off: "aus",
    only: "Nur diesen Take hören",
    failed: {
      ended: "Ihre Frist ist abgelaufen, abspielen geht nicht mehr.",
      forbidden: "Deine Rolle erlaubt das Abspielen nicht.",
      "signed-out": "Du bist abgemeldet. Melde dich an und lade die Seite neu.",
      unreadable: "Der Browser kann diese Datei nicht lesen. Lade sie herunter.",
    },
  },
});
export const playerText = player;
export type PlayerWords = (typeof player)["en"];

export const takeText = words({
  en: {
    title: "Takes",
    toPlay: "Skip to Play",
    take: "Take of",
    bars: (from: string, to: string) => `bars ${from} to ${to}`,
    mono: "mono",
    stereo: "stereo",
    channels: (count: number) => `${count}\u00a0channels`,
    float: "32-bit float",
    pcm: "24-bit",
    preRoll: (seconds: number) => `the file begins ${seconds}\u00a0s before record`,
    at: (bar: string, time: string) => `bar ${bar}, ${time}`,
    endsIn: (left: string) => `ends in ${left}`,
    ends: "Ends",
    ended: "Ended",
    kept: "kept until the session is deleted",
    timeLeft: (left: string) => `${left} left`,
    download: "Download",
    downloadOf: (name: string) => `Download ${name}`,
    delete: "Delete",
    deleteOf: (name: string) => `Delete ${name}`,
    downloadTake: "Download this take",
    fromOneBar: "all from one bar",
    fromOneBarWhy: "For a DAW that ignores where a file was recorded: drop all stems at the bar that their names say.",
    downloadAll: "Download everything",
    wave: (name: string, who: string, from: string, length: string) =>
      `Waveform of ${name} by ${who}: begins at ${from}, ${length} long`,
    noWave: "No waveform came with it",
    listen: (name: string) => `Listen to ${name}`,
    uploading: (parts: number, size: string) =>
      parts === 0
        ? "On its way: nothing has arrived yet"
        : `On its way: ${parts} ${parts === 1 ? "part" : "parts"}, ${size} so far`,
    stalled: (size: string, since: string) =>
      `Stalled: ${size} have arrived, and nothing for ${since}. Open the companion; it goes on where it stopped.`,
    givenUp: (left: string) => `Given up in ${left}`,
    onlyYou: "Only you see this until it is complete.",
    emptyTitle: "No takes yet",
    empty: "When somebody shares a take, it lies here, on its bar.",
    emptyNext: "How recording works",
    observer:
      "You are here to listen live. Stems can be played and downloaded by participants; ask the host if that should be you.",
    changed: "The takes have changed. Show them as they are now.",
    older: "Older takes",
    newest: "Back to the newest",
    zoneNote: "Times are in UTC.",
    mixedTempo: "Takes were recorded at several tempos; here all bars are counted at",
    recordedAt: (bpm: string) => `recorded at ${bpm} BPM`,
    own: {
      title: "What you have shared",
      lead: "Every recording of yours on our servers, whichever session it was in. It is yours to take back, also where you have left.",
      empty: "Nothing of yours is on our servers. What you share in a session is listed here.",
      deleted: "The recording is deleted.",
      left: "a session you are not in any more",
      open: "not complete yet",
      sessions: "Your sessions",
    },
  },
  de: {
    title: "Takes",
    toPlay: "Zum Abspielen springen",
    take: "Take vom",
    bars: (from: string, to: string) => `Takt ${from} bis ${to}`,
    mono: "mono",
    stereo: "stereo",
    channels: (count: number) => `${count}\u00a0Kanäle`,
    float: "32 Bit float",
    pcm: "24 Bit",
    preRoll: (seconds: number) => `${seconds}\u00a0s Vorlauf in der Datei`,
    at: (bar: string, time: string) => `Takt ${bar}, ${time}`,
    endsIn: (left: string) => `endet in ${left}`,
    ends: "Endet",
    ended: "Abgelaufen",
    kept: "bleibt, bis die Session gelöscht wird",
    timeLeft: (left: string) => `noch ${left}`,
    download: "Herunterladen",
    downloadOf: (name: string) => `${name} herunterladen`,
    delete: "Löschen",
    deleteOf: (name: string) => `${name} löschen`,
    downloadTake: "Diesen Take herunterladen",
    fromOneBar: "alle ab einem Takt",
    fromOneBarWhy:
      "Für eine DAW, die nicht beachtet, wo eine Datei aufgenommen wurde: Leg alle Spuren auf den Takt, der in ihrem Namen steht.",
    downloadAll: "Alles herunterladen",
    wave: (name: string, who: string, from: string, length: string) =>
      `Wellenform von ${name}, ${who}: beginnt bei ${from}, ${length} lang`,
    noWave: "Ohne Wellenform",
    listen: (name: string) => `${name} anhören`,
    uploading: (parts: number, size: string) =>
      parts === 0
        ? "Unterwegs: noch ist nichts angekommen"
        : `Unterwegs: bisher ${parts} ${parts === 1 ? "Teil" : "Teile"}, ${size}`,
    stalled: (size: string, since: string) =>
      `Stockt: ${size} sind da, seit ${since} kam nichts. Öffne den Companion; er macht weiter, wo er war.`,
    givenUp: (left: string) => `Wird verworfen in ${left}`,
    onlyYou: "Das siehst nur du, bis alles da ist.",
    emptyTitle: "Noch keine Takes",
    empty: "Teilt jemand einen Take, dann liegt er hier, auf seinem Takt.",
    emptyNext: "So läuft das Aufnehmen",
    observer:
      "Du hörst hier live zu. Abspielen und herunterladen können alle, die mitspielen; frag den Host, wenn du dazugehören sollst.",
    changed: "Es gibt Neues bei den Takes. Jetzt zeigen.",
    older: "Ältere Takes",
    newest: "Zurück zu den neuesten",
    zoneNote: "Zeiten in UTC.",
    mixedTempo: "Die Takes haben verschiedene Tempi; gezählt wird hier überall bei",
    recordedAt: (bpm: string) => `aufgenommen bei ${bpm} BPM`,
    own: {
      title: "Was du geteilt hast",
      lead: "Alle deine Aufnahmen auf unseren Servern, gleich aus welcher Session. Du kannst sie zurücknehmen, auch wo du nicht mehr dabei bist.",
      empty: "Auf unseren Servern liegt nichts von dir. Was du in einer Session teilst, steht dann hier.",
      deleted: "Die Aufnahme ist gelöscht.",
      left: "eine Session, in der du nicht mehr bist",
      open: "noch nicht vollständig",
      sessions: "Deine Sessions",
    },
  },
});

const locale: Record<Language, string> = { en: "en-GB", de: "de-DE" };

/** A size in decimal units, as disks and plans are measured: `12.3 MB`. */
export function size(language: Language, bytes: number): string {
  const [unit, value] =
    bytes >= 1e9 ? ["gigabyte", bytes / 1e9] : bytes >= 1e6 ? ["megabyte", bytes / 1e6] : ["kilobyte", bytes / 1e3];
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale[language], {
    style: "unit",
    unit: unit as string,
    unitDisplay: "short",
    ...digits,
  }).format(value as number);
}

/** A rate as it is said: `48 kHz`, `44.1 kHz`. */
export const rate = (language: Language, rateHz: number) =>
  `${new Intl.NumberFormat(locale[language], { maximumFractionDigits: 1 }).format(rateHz / 1000)} kHz`;

/** A day and a time of an evening in UTC, short: `25 Nov 2026, 21:14`. */
export const evening = (language: Language, ms: number) =>
  new Intl.DateTimeFormat(locale[language], { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(
    shown(ms),
  );
