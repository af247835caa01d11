import type { Page } from "playwright-core";
import { percentile } from "../../dev/percentile.ts";

/** What somebody waits for on the way to being heard, in the order in which it comes when nothing else is slow. */
const PHASES = [
  "page",
  "view",
  "ticket",
  "socket",
  "click",
  "device thread",
  "microphone",
  "link opened",
  "relay",
  "connected",
] as const;
type Phase = (typeof PHASES)[number];

/** Notes when each has been reached first, on the wall's clock, from outside of the view's own scripts. */
export const notePhases = `{
  const at = window.phases = {};
  const note = (phase) => { at[phase] ??= Date.now(); };
  addEventListener("DOMContentLoaded", () => note("page"));
  addEventListener("click", () => note("click"), { capture: true });
  const { fetch: ask, WebSocket: Socket, RTCPeerConnection: Connection } = window;
  window.fetch = async (...asked) => {
    if (String(asked[0]).includes("/tickets")) note("view");
    const answer = await ask(...asked);
    if (String(asked[0]).includes("/tickets")) note("ticket");
    return answer;
  };
  window.WebSocket = class extends Socket {
    constructor(...how) { super(...how); this.addEventListener("message", () => note("socket")); }
  };
  window.RTCPeerConnection = class extends Connection {
    constructor(...how) {
      super(...how);
      // One that is opened before the click warms the engine and links nobody.
      if (at.click !== undefined) note("link opened");
      this.addEventListener("icecandidate", ({ candidate }) => { if (candidate) note("relay"); });
      this.addEventListener("connectionstatechange", () => { if (this.connectionState === "connected") note("connected"); });
    }
  };
  const { addModule } = Worklet.prototype;
  Worklet.prototype.addModule = async function (...which) { await addModule.apply(this, which); note("device thread"); };
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (what) => { const stream = await open(what); note("microphone"); return stream; };
}`;

export type Visit = Partial<Record<Phase, number>>;
export const readPhases = (page: Page): Promise<Visit> => page.evaluate<Visit>("window.phases");

/** By when each phase was reached in the middle of all visits, and in the slow ones, in milliseconds since the link was clicked. */
export function phaseTimes(visits: readonly { phases: Visit; linkMs: number }[]) {
  return PHASES.map((phase) => {
    const times = visits.flatMap(({ phases, linkMs }) => {
      const { [phase]: atMs } = phases;
      return atMs === undefined ? [] : [atMs - linkMs];
    });
    return { phase, p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
  });
}
