/** A session's takes: the player, waveforms to the pixel, times that go on. Everything else on the page works without it. */

import type { StemData } from "../../audio/stem-source.ts";
import type { Language } from "../i18n/language.ts";
import type { PlayerWords } from "../i18n/takes.ts";
import { Controls } from "./player/controls.ts";
import { Engine } from "./player/engine.ts";
import { Lanes } from "./player/lanes.ts";
import { Mix } from "./player/mix.ts";
import { addStrips } from "./player/strips.ts";
import { watchChanges } from "./takes/changes.ts";
import { addCopy } from "./takes/copy.ts";
import { countDown } from "./takes/count-down.ts";

function addPlayer(root: HTMLElement, words: PlayerWords): void {
  const bar = root.querySelector<HTMLElement>("[data-player]");
  const ruler = root.querySelector<HTMLElement>("[data-ruler]");
  const line = root.querySelector<HTMLElement>("[data-line]");
  // What the server wrote into its own page; it is not parsed again as if a stranger had.
  const stems = Array.from(
    root.querySelectorAll<HTMLElement>("[data-stem]"),
    ({ dataset }): StemData => JSON.parse(dataset.stem ?? ""),
  );
  if (bar === null || ruler === null || line === null || stems.length === 0) return;
  const bpm = Number(root.dataset.bpm);
  let update: () => void = () => undefined;
  const engine = new Engine(stems, root.dataset.worklet ?? "", () => update());
  const whole = { from: Number(root.dataset.from), to: Number(root.dataset.to) };
  const lanes = new Lanes(line, ruler, engine.channels, whole, bpm);
  const controls = new Controls(engine, lanes, { root, bar, ruler, words, bpm });
  const mix = new Mix(engine, root.dataset.session ?? "");
  const updateStrips = addStrips(engine, words);
  update = () => {
    controls.update();
    updateStrips();
    mix.keep();
  };
  for (const only of root.querySelectorAll<HTMLButtonElement>("[data-only]")) {
    const take = only.closest("[data-take]");
    only.hidden = false;
    only.addEventListener("click", () => {
      mix.only(only, (channel) => take?.querySelector(`#${channel.source.data.id}`) !== null);
    });
  }
  update();
  const picture = () => {
    controls.tick();
    requestAnimationFrame(picture);
  };
  picture();
}

const root = document.querySelector<HTMLElement>("#takes");
if (root?.dataset.words !== undefined) addPlayer(root, JSON.parse(root.dataset.words));
if (root !== null) {
  countDown(root, (root.dataset.language ?? "en") as Language);
  watchChanges(root);
}
addCopy();
