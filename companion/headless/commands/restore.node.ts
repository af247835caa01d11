import { setTimeout as sleep } from "node:timers/promises";
import type { StudioEvent } from "../../engine/studio/events.std.ts";
import { type Command, deviceFlags, type Exit, exits } from "../command.node.ts";
import { heard, open } from "./join.node.ts";

/** Whoever is in the session has said by then what they keep. */
const LOOK_MS = 15_000;
/** After the first has said so, the others are waited for: what one lacks another may have. */
const GATHER_MS = 3_000;

type Own = Extract<StudioEvent, { type: "safety-copies" }>["report"]["own"];
const missing = (own: Own): Own => own.filter(({ isHere }) => !isHere);

export const restore: Command = {
  name: "restore",
  summary: "Joins a session and brings back takes of yours that others keep safety copies of and this machine has not.",
  arguments: ["SESSION"],
  flags: { ...deviceFlags },
  async run(run) {
    const { screen } = run;
    let own: Own = [];
    const tell = heard(screen);
    const { studio, ended, until } = await open(run, undefined, (event, nameOf) => {
      if (event.type === "safety-copies") own = event.report.own;
      tell(event, nameOf);
    });
    const over = ended.then(() => null);
    const changed = (fits: () => boolean) =>
      fits() ? true : Promise.race([until((event) => event.type === "safety-copies" && fits()), over]);
    await Promise.race([changed(() => missing(own).length > 0), sleep(LOOK_MS)]);
    const isFound = missing(own).length > 0;
    let exit: Exit = isFound ? exits.done : exits.refused;
    if (!isFound) screen.say("Nobody who is here keeps anything of yours that you have not.");
    else await Promise.race([sleep(GATHER_MS), over]);
    // One that cannot be opened is said, and comes no more; what another has beside it comes in a turn of its own.
    for (let tried = ""; missing(own).length > 0; ) {
      const wanted = missing(own).map(({ copyId }) => copyId);
      if (wanted.join() === tried) exit = exits.failed;
      if (wanted.join() === tried) break;
      tried = wanted.join();
      for (const copyId of wanted) studio.execute({ type: "bring-back", copyId });
      if ((await changed(() => own.every(({ returnedSeconds }) => returnedSeconds === null))) === null) {
        exit = exits.failed;
        break;
      }
    }
    studio.execute({ type: "leave" });
    await ended;
    return exit;
  },
};
