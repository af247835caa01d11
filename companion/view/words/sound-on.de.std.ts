/** What is said of the sound while it is on, and of the devices it is on with. */
import type { SoundOnWords } from "./sound-on.en.std.ts";

export const de: SoundOnWords = {
  facts: {
    lies: (rate) =>
      `Dein Interface sagt 48 kHz und läuft mit ${rate}: Was du spielst, ist verstimmt und läuft davon. Stell Interface und System auf 48 kHz und lade die Seite neu.`,
    rate: (rate) =>
      `Dein Interface läuft mit ${rate} kHz und wird auf 48 umgerechnet. Stell es in seinem Fenster auf 48 kHz: weniger Verzögerung, und nichts wird umgerechnet.`,
    inputs: (count) =>
      `Dein Interface hat ${count} Eingänge, ein Browser bekommt die ersten zwei. Leg deinen in seinem Mixer dorthin, oder spiel auf bis zu acht davon vom Terminal aus, mit sessionlinked join.`,
  },
  input: "Eingang",
  noInput: "keiner",
  output: "Ausgang",
  systemOutput: "wie im System eingestellt",
  device: (at) => `Gerät ${at}`,
  channels: { label: "Kanäle", both: "1 und 2", left: "nur 1", right: "nur 2" },
  buffer: {
    label: "Puffer",
    tight: "knapp",
    balanced: "ausgewogen",
    safe: "sicher",
    choice: (name, ms) => `${name}, höchstens ${ms} ms`,
  },
  delay: {
    label: "Verzögerung",
    live: "so wenig wie möglich",
    equal: "für alle gleich",
    bars: "ganze Takte später",
    inForce: (ms, bars) =>
      bars === null
        ? `Alle sind nach ${ms} ms zu hören.`
        : `Alle sind ${bars === 1 ? "einen Takt" : `${bars} Takte`} später zu hören.`,
    notYet: "Noch nicht in Kraft: Die Wege sind noch nicht gemessen, oder ein Takt ist zu lang.",
  },
  direct: {
    label: "Direkter Weg",
    means:
      "Ton ohne unser Relais dazwischen, das geht etwas schneller. Wer das auch eingeschaltet hat, kennt dann deine Internetadresse, und du kennst deren. Sonst erfährt sie niemand. Es gilt für diese Sitzung.",
  },
  muteMe: "Mich stummschalten",
  ownLevel: "Dein Pegel",
  strip: (who) => `Wie du ${who} hörst`,
  level: (who) => `Pegel von ${who}`,
  mute: (who) => `${who} für dich stummschalten`,
  solo: (who) => `Nur ${who} hören`,
  muteShort: "M",
  soloShort: "S",
  gain: (who) => `Lautstärke von ${who}`,
  pan: (who) => `Links oder rechts: ${who}`,
  plays: (channels) => (channels === 1 ? "mono" : `${channels}\u00a0Kanäle`),
  links: {
    connecting: "Ton wird verbunden…",
    connected: "",
    failed: "Ton ist weg, er kommt von selbst wieder…",
  },
  legs: {
    all: (capture, network, buffer, playout) =>
      `Gerät dort ${capture} ms, Netz ${network} ms, Puffer ${buffer} ms, dein Gerät ${playout} ms`,
    most: (leg) => `das meiste davon: ${leg}`,
    captureMs: "das Gerät dort",
    networkMs: "das Netz",
    bufferMs: "der Puffer gegen ein unruhiges Netz",
    playoutMs: "dein Gerät",
  },
};
