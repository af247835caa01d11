import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { percentile } from "../../dev/percentile.ts";

/** What a way through the Internet does to UDP. Delay is that of each passage, jitter and loss those of the way to the relay. */
export interface LossyWay {
  passageMs: number;
  jitterMs: number;
  loss: number;
  /** Replays what is drawn, packet by packet. */
  seed: number;
}

export interface LossyWayStart extends LossyWay {
  relay: { host: string; port: number };
}

export type LossyWayTold = { type: "open"; url: string } | { type: "took"; there: number[]; back: number[] };

const thread = fileURLToPath(new URL("./lossy-way-thread.ts", import.meta.url));

/** Opens a port in front of a relay that leads there by such a way. */
export async function openLossyWay(relay: { host: string; port: number }, way: LossyWay) {
  const start: LossyWayStart = { ...way, relay };
  const worker = new Worker(thread, { workerData: start });
  const next = async (): Promise<LossyWayTold> => (await once(worker, "message"))[0];
  const opened = await next();
  if (opened.type !== "open") throw new Error("The way did not open.");
  return {
    url: opened.url,
    /** Ends it. What the way itself took from one person to the other, at the 99th of a hundred packets. */
    async close(): Promise<number> {
      const told = next();
      worker.postMessage("close");
      const took = await told;
      if (took.type !== "took") return Number.NaN;
      let state = way.seed >>> 0;
      const any = (of: readonly number[]) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return of[Math.floor((state / 2 ** 32) * of.length)] ?? 0;
      };
      return percentile(
        Array.from({ length: 20_000 }, () => any(took.there) + any(took.back)),
        0.99,
      );
    },
  };
}
