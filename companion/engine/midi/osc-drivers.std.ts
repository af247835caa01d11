import type { Cue, DawDriver, DawEvent, DawMessage } from "./driver.std.ts";
import { decodeOsc, encodeBundle, encodeOsc, type OscArgument } from "./osc.std.ts";

/** Ardour locates while it rolls and then stands unless told to roll; the answer is there within a few blocks. */
export const oscCue: Cue = { locateMs: 60, rollsThroughLocate: false };

export interface OscOptions {
  /** The DAW's own rate: Ardour locates by its samples. */
  sampleRateHz?: number;
  startFrames?: number;
}

/**
 * Asks Ardour for what it reports (`/set_surface`: bank size, strips, feedback, gain mode): a heartbeat, the transport's buttons, the place
 * in samples; nothing of its strips.
 */
export const ardourGreeting = encodeOsc({
  address: "/set_surface",
  arguments: [0, 0, 8 + 16 + 1_024, 0].map((value) => ({ type: "i", value })),
});

/** Ardour 6 and newer (manual.ardour.org, "Controlling Ardour with OSC"): feedback of transport and of the place by samples. */
export function ardourOscDriver({ sampleRateHz = 48_000, startFrames = 0 }: OscOptions = {}) {
  const known = { rolls: false, records: false };
  const send = (address: string, ...given: OscArgument[]) => encodeOsc({ address, arguments: given });
  return {
    name: "OSC (Ardour)",
    encode(message: DawMessage) {
      switch (message.type) {
        case "play":
          return send("/transport_play");
        case "stop":
          return send("/transport_stop");
        case "record":
          // The button toggles: what it is now, the DAW has told.
          if (known.records) return send("/transport_play");
          return encodeBundle(send("/rec_enable_toggle"), send("/transport_play"));
        case "punch-out":
          return known.records ? send("/rec_enable_toggle") : null;
        case "locate": {
          const place = Math.round(((message.positionFrames + startFrames) * sampleRateHz) / 48_000);
          return place > 0x7fffffff ? null : send("/locate", { type: "i", value: place }, { type: "i", value: 0 });
        }
        case "tempo":
          return null;
      }
    },
    decode(bytes: Uint8Array) {
      return decodeOsc(bytes).flatMap(({ address, arguments: [first] }): DawEvent[] => {
        if (first === undefined) return [];
        const isOn = first.type !== "s" && first.value > 0.5;
        if (address === "/position/samples") {
          const samples = Number(first.value);
          const positionFrames = Math.round((samples * 48_000) / sampleRateHz) - startFrames;
          return Number.isFinite(samples) && positionFrames >= 0 ? [{ type: "position", positionFrames }] : [];
        }
        if (address === "/rec_enable_toggle") {
          const was = known.records;
          known.records = isOn;
          if (known.rolls && was !== isOn) return [{ type: isOn ? "record" : "punch-out" }];
        }
        if (address === "/transport_play") return change(isOn);
        if (address === "/transport_stop" && isOn) return change(false);
        return [];
      });
      function change(rolls: boolean): DawMessage[] {
        if (known.rolls === rolls) return [];
        known.rolls = rolls;
        return [{ type: rolls ? (known.records ? "record" : "play") : "stop" }];
      }
    },
  } satisfies DawDriver;
}

/** Reaper's default pattern file (Default.ReaperOSC): times in seconds, triggers as `f/play`. */
export function reaperOscDriver({ startFrames = 0 }: OscOptions = {}) {
  const known = { rolls: false, records: false };
  const send = (address: string, value = 1) => encodeOsc({ address, arguments: [{ type: "f", value }] });
  return {
    name: "OSC (Reaper)",
    encode(message: DawMessage) {
      switch (message.type) {
        case "play":
          return send("/play");
        case "stop":
          return send("/stop");
        case "record":
        case "punch-out":
          return send("/record");
        case "locate":
          return send("/time", (message.positionFrames + startFrames) / 48_000);
        case "tempo":
          return send("/tempo/raw", message.bpm);
      }
    },
    decode(bytes: Uint8Array) {
      return decodeOsc(bytes).flatMap(({ address, arguments: [first] }): DawEvent[] => {
        if (first === undefined || first.type === "s" || !Number.isFinite(first.value)) return [];
        const isOn = first.value > 0.5;
        if (address === "/time") {
          const positionFrames = Math.round(first.value * 48_000) - startFrames;
          return positionFrames >= 0 ? [{ type: "position", positionFrames }] : [];
        }
        if (address === "/tempo/raw") return first.value > 0 ? [{ type: "tempo", bpm: first.value }] : [];
        if (address === "/record" && known.records !== isOn) {
          known.records = isOn;
          return [{ type: isOn ? "record" : "punch-out" }];
        }
        if (address === "/play" && known.rolls !== isOn) {
          known.rolls = isOn;
          return [{ type: isOn ? "play" : "stop" }];
        }
        return [];
      });
    },
  } satisfies DawDriver;
}
