import { setTimeout as sleep } from "node:timers/promises";
import type { StudioEvent } from "../../engine/studio/events.std.ts";
import { type Command, deviceFlags, type Exit, exits } from "../command.node.ts";
import { heard, open } from "./join.node.ts";

/** Whoever is in the session has said by then what they keep. */
const LOOK_MS = 15_000;

type Copies = Extract<StudioEvent, { type: "safety-copies" }>;
const isCopies = (event: StudioEvent): event is Copies => event.type === "safety-copies";

export const restore: Command = {
  name: "restore",
  summary: "Joins a session and brings back takes of yours that others keep safety copies of and this machine has not.",
  arguments: ["SESSION"],
  flags: { ...deviceFlags },
  async run(run) {
    const { screen } = run;
    const { studio, ended, until } = await open(run, undefined, heard(screen));
    let exit: Exit = exits.done;
    const over = ended.then(() => null);
    const found = await Promise.race([
      until((event) => isCopies(event) && event.report.returnable.length > 0),
      sleep(LOOK_MS, null),
      over,
    ]);
    if (found === null || !isCopies(found)) screen.say("Nobody who is here keeps anything of yours that you have not.");
    else {
      // One that cannot be opened is said, and comes no more: nothing waits for it.
      const isOver = (event: StudioEvent) =>
        isCopies(event) && event.report.returnable.every(({ returnedSeconds }) => returnedSeconds === null);
      const back = Promise.race([until(isOver), over]);
      for (const { copyId } of found.report.returnable) studio.execute({ type: "bring-back", copyId });
      const last = await back;
      if (last === null || !isCopies(last) || last.report.returnable.length > 0) exit = exits.failed;
    }
    studio.execute({ type: "leave" });
    await ended;
    return found === null ? exits.refused : exit;
  },
};
