import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";

/**
 * Four seconds of a tone as a file: 16 bit and nothing but what a WAV must have, since Chromium's own microphone reads no other. `isLeft`: the right side
 * is silent.
 */
export function writeTone(hz: number, path: string, isLeft = false): string {
  const samples = Int16Array.from({ length: 4 * 48_000 * 2 }, (_, at) =>
    isLeft && at % 2 === 1 ? 0 : Math.sin((2 * Math.PI * hz * (at >> 1)) / 48_000) * 0.25 * 2 ** 15,
  );
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(48_000, 24);
  header.writeUInt32LE(48_000 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(path, Buffer.concat([header, new Uint8Array(samples.buffer)]));
  return path;
}

/**
 * A script for a page, to be there before its own: it listens at the way out, to what the loudspeakers get, and may refuse the way in
 * (`window.refusal`), make it another device's (`window.settings`, `window.capabilities`), or plug the way out into it (`window.isLooped`).
 */
export const listenAtTheWayOut = `{
  window.inputs = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    if (window.refusal !== undefined) throw new DOMException("", window.refusal);
    const stream = window.isLooped ? window.loop.stream : await open(constraints);
    const [track] = stream.getTracks();
    if (window.settings !== undefined) {
      const settings = { ...track.getSettings(), ...window.settings };
      track.getSettings = () => settings;
    }
    if (window.capabilities !== undefined) track.getCapabilities = () => window.capabilities;
    window.inputs.push(stream);
    return stream;
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const ear = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      connect.call(this, ear);
      window.levelOf = (hz) => {
        const bins = new Float32Array(ear.frequencyBinCount);
        ear.getFloatFrequencyData(bins);
        return bins[Math.round((hz * ear.fftSize) / this.context.sampleRate)];
      };
      // What goes out is on a tape too, since a page that hangs cannot look at it.
      if (window.tape?.context !== this.context) window.tape = new MediaStreamAudioDestinationNode(this.context);
      connect.call(this, window.tape);
      if (window.isLooped) {
        // One way back for each context, whatever of it goes out.
        if (window.loop?.context !== this.context) window.loop = new MediaStreamAudioDestinationNode(this.context);
        connect.call(this, window.loop);
      }
    }
    return connect.call(this, to, ...rest);
  };
}`;

/** How loud one frequency is in what the page plays, in dB. */
export const levelOf = (page: Page, hz: number) => page.evaluate<number>(`window.levelOf?.(${hz}) ?? -200`);
/** Above it a tone is heard. */
export const LOUD_DB = -40;

/** In stretches of this length a tone is there or not. */
const STRETCH_MS = 50;

/** How strong one frequency is in some frames of a sound (Goertzel 1958), full scale 1; `at` gives a frame. */
export function strengthOf(frames: number, at: (frame: number) => number, hz: number): number {
  const w = (2 * Math.PI * hz) / 48_000;
  let [re, im] = [0, 0];
  for (let frame = 0; frame < frames; frame++) {
    const sample = at(frame);
    re += sample * Math.cos(w * frame);
    im += sample * Math.sin(w * frame);
  }
  return (2 * Math.hypot(re, im)) / frames;
}

/** The longest time for which a tone is not there, of a sound at 48 kHz, in milliseconds. */
export function longestGapMs(frames: number, at: (frame: number) => number, hz: number): number {
  const stretch = STRETCH_MS * 48;
  let [longest, now] = [0, 0];
  for (let from = 0; from + stretch <= frames; from += stretch) {
    const isThere = strengthOf(stretch, (frame) => at(from + frame), hz) > 0.05;
    now = isThere ? 0 : now + STRETCH_MS;
    longest = Math.max(longest, now);
  }
  return longest;
}

const hang = (hangMs: number) => `for (const untilMs = performance.now() + ${hangMs}; performance.now() < untilMs; );`;

/** Hangs a page's main thread for so long. */
export const hangPage = (page: Page, hangMs: number) => page.evaluate(`(() => { ${hang(hangMs)} })()`);

/** Hangs a page's main thread for so long, a second in which it does not lies before and behind it; what went out all the while, its first channel at 48 kHz. */
export async function tapeOfHang(page: Page, hangMs: number): Promise<Float32Array> {
  const base64 = await page.evaluate<string>(`(async () => {
    const tape = new MediaRecorder(window.tape.stream);
    const ended = new Promise((resolve) => (tape.ondataavailable = ({ data }) => resolve(data)));
    const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    tape.start();
    await second();
    ${hang(hangMs)}
    await second();
    tape.stop();
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await (await ended).arrayBuffer());
    const bytes = new Uint8Array(sound.getChannelData(0).buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    return btoa(text);
  })()`);
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new Float32Array(bytes.buffer);
}
