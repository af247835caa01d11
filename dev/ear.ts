import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** Four seconds of a tone as a file: 16 bit and nothing but what a WAV must have, since Chromium's own microphone reads no other. */
export function writeTone(hz: number, path: string): string {
  const samples = Int16Array.from(
    { length: 4 * 48_000 * 2 },
    (_, at) => Math.sin((2 * Math.PI * hz * (at >> 1)) / 48_000) * 0.25 * 2 ** 15,
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
