import type { PlayerWords } from "../../i18n/takes.ts";
import type { Engine } from "./engine.ts";

/** The fader runs to a little over full: +6 dB. In words it is decibels, as on a desk. */
const VOLUME_MAX = 2;
const oneDecimal = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "negative",
});
const decibels = (volume: number, off: string) =>
  volume === 0 ? off : `${oneDecimal.format(20 * Math.log10(volume)).replace("-", "−")} dB`;
/** Fine where it is loud, coarse where it is quiet. */
const volumeOf = (fader: number) => VOLUME_MAX * (fader / 100) ** 2;
const faderOf = (volume: number) => 100 * Math.sqrt(volume / VOLUME_MAX);
const FADER_AT_UNITY = faderOf(1);

const fill = (sentence: string, name: string) => sentence.replace("{name}", name);

/** Mute, solo and volume beside each stem. They are made here: without a script they would do nothing. */
export function addStrips(engine: Engine, words: PlayerWords): () => void {
  const updates = engine.channels.map((channel) => {
    const { id, name } = channel.source.data;
    const row = document.getElementById(id);
    const strip = row?.querySelector<HTMLElement>("[data-strip]");
    if (!row || !strip) return () => undefined;
    const button = (letter: string, label: string, onPress: () => void) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `key key-${letter.toLowerCase()}`;
      made.textContent = letter;
      made.setAttribute("aria-label", fill(label, name));
      made.addEventListener("click", () => {
        onPress();
        engine.apply();
      });
      return made;
    };
    const mute = button("M", words.mute, () => {
      channel.isMuted = !channel.isMuted;
    });
    const solo = button("S", words.solo, () => {
      channel.isSolo = !channel.isSolo;
    });
    const fader = document.createElement("input");
    fader.type = "range";
    fader.max = "100";
    fader.step = "0.5";
    fader.value = String(faderOf(channel.volume));
    fader.setAttribute("aria-label", fill(words.volume, name));
    const level = document.createElement("output");
    level.className = "small instrument";
    fader.addEventListener("input", () => {
      // Unity is a place of its own: near it, it is it.
      const at = Number(fader.value);
      channel.volume = Math.abs(at - FADER_AT_UNITY) < 0.5 ? 1 : volumeOf(at);
      engine.apply();
    });
    fader.addEventListener("dblclick", () => {
      fader.value = String(FADER_AT_UNITY);
      channel.volume = 1;
      engine.apply();
    });
    const pan = document.createElement("input");
    pan.type = "range";
    pan.className = "pan-of";
    pan.min = "-100";
    pan.max = "100";
    pan.value = String(channel.pan * 100);
    pan.setAttribute("aria-label", fill(words.pan, name));
    pan.addEventListener("input", () => {
      // The middle is a place of its own.
      const at = Number(pan.value);
      channel.pan = Math.abs(at) < 6 ? 0 : at / 100;
      engine.apply();
    });
    pan.addEventListener("dblclick", () => {
      pan.value = "0";
      channel.pan = 0;
      engine.apply();
    });
    strip.append(mute, solo, fader, level, pan);
    strip.hidden = false;
    const trouble = row.querySelector<HTMLElement>("[data-trouble]");
    return () => {
      mute.setAttribute("aria-pressed", String(channel.isMuted));
      solo.setAttribute("aria-pressed", String(channel.isSolo));
      const said = decibels(channel.volume, words.off);
      level.textContent = said;
      fader.setAttribute("aria-valuetext", said);
      const side = Math.round(Math.abs(channel.pan) * 100);
      const panned = channel.pan === 0 ? words.middle : `${channel.pan < 0 ? words.left : words.right} ${side}`;
      pan.setAttribute("aria-valuetext", panned);
      pan.title = panned;
      row.classList.toggle("unheard", !engine.isHeard(channel));
      if (!trouble) return;
      trouble.hidden = channel.failure === null;
      trouble.textContent = channel.failure === null ? "" : words.failed[channel.failure];
    };
  });
  return () => {
    for (const update of updates) update();
  };
}
