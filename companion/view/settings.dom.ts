/** Settings that stick: read when the view begins, kept a moment after each change, and gone when the person forgets the session. */
import { effect } from "@preact/signals";
import type { Boot } from "./boot.std.ts";
import type { BrowserSession } from "./session.dom.ts";
import {
  forgetSession,
  keepDaw,
  keepDevice,
  keepSession,
  readDaw,
  readDevice,
  readSession,
  type SessionSettings,
  type Shelf,
} from "./settings.std.ts";

/** A slider that is moved says a hundred things: the last of them is kept. */
const KEEP_MS = 300;

export function stickSettings(session: BrowserSession, { sessionId }: Boot, shelf: Shelf, nowMs: () => number): void {
  const { sound, takes, playback, daw } = session;
  const device = readDevice(shelf);
  if (device !== null) {
    const { inputId, outputId, channels, buffer } = device;
    sound.restore({ inputId, outputId, channels, buffer });
    takes.inputName.value = device.inputName;
    takes.preRollSeconds = device.preRollSeconds;
  }
  const keptDaw = readDaw(shelf);
  if (keptDaw !== null) daw.restore(keptDaw);
  const kept = readSession(shelf, sessionId);
  if (kept !== null) {
    sound.restore({ delay: kept.delay, mixes: new Map(kept.mixes.map(({ memberId, mix }) => [memberId, mix])) });
    session.loopBars.value = kept.loopBars;
    playback.volume.value = kept.takesVolume;
    session.layout.value = { isFar: kept.isFar, sidePx: kept.sidePx };
  }
  let isForgotten = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unkept: (() => void) | null = null;
  const keep = () => {
    clearTimeout(timer);
    unkept?.();
    unkept = null;
  };
  const stop = effect(() => {
    const dawSettings = daw.kept.value;
    const { channels, buffer, delay } = sound.state.value;
    const { inputId, outputId } = sound.wanted.value;
    const inputName = takes.inputName.value;
    const preRollSeconds = takes.preRollSeconds;
    const settings: SessionSettings = {
      mixes: [...sound.mixes.value].map(([memberId, mix]) => ({ memberId, mix })),
      delay,
      loopBars: session.loopBars.value,
      takesVolume: playback.volume.value,
      ...session.layout.value,
      usedAtMs: nowMs(),
    };
    unkept = () => {
      keepDevice(shelf, { inputId, outputId, channels, buffer, inputName, preRollSeconds });
      if (dawSettings !== null) keepDaw(shelf, dawSettings);
      if (!isForgotten) keepSession(shelf, sessionId, settings);
    };
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  });
  addEventListener("pagehide", keep);
  const forget = () => {
    isForgotten = true;
    stop();
    keep();
    forgetSession(shelf, sessionId);
    session.forget.value = null;
  };
  session.forget.value = forget;
  // A session that one is no longer in is forgotten by itself.
  effect(() => {
    const { connection } = session.state.value;
    if (connection.state !== "over" || isForgotten) return;
    if (connection.code === "removed" || connection.code === "session-closed") queueMicrotask(forget);
  });
}
