import { readWishes } from "../../engine/delivery/wishes.std.ts";
import { SessionFolder } from "../../engine/project/session-folder.node.ts";
import { lockFolder } from "../../engine/stems/folder-lock.node.ts";
import { sessionOf, signedIn } from "../account.node.ts";
import { type Command, exits, Stop } from "../command.node.ts";
import { folderOf } from "./takes.node.ts";

/** What a person reads of one wish. */
const lineOf = (recordingId: string, wishedAtMs: number, isHere: boolean) =>
  `${new Date(wishedAtMs).toISOString().slice(0, 10)}  ${recordingId}  ${isHere ? "in this folder" : "not in this folder"}`;

export const wishes: Command = {
  name: "wishes",
  summary: "Shows who asks you to delete copies in a session; with --delete or --keep you answer.",
  arguments: ["SESSION"],
  flags: {
    folder: { summary: "Where the session's takes lie.", value: "DIR" },
    delete: { summary: "Delete the copies in this folder, and say so to their owners." },
    keep: { summary: "Keep the copies, and say so." },
  },
  async run(run) {
    const { screen } = run;
    if (run.isOn("delete") && run.isOn("keep")) throw new Stop(exits.usage, "Either --delete or --keep.");
    const api = await signedIn(run);
    const { sessionId, name } = await api.readSession(await sessionOf(api, run.argument(0) ?? ""));
    const path = folderOf(run, name);
    const asked = await readWishes(api, sessionId);
    const unlock = lockFolder(path);
    try {
      const folder = new SessionFolder(path, name);
      for (const { recordingId, wishedAtMs } of asked) {
        const isHere = folder.has(recordingId);
        screen.answer({ recordingId, wishedAtMs, isHere }, [lineOf(recordingId, wishedAtMs, isHere)]);
        // What is not here may be on another machine of this person's: only they can say that it has gone.
        if (run.isOn("delete") && (await folder.remove(recordingId))) await api.answerWish(recordingId, "deleted");
        else if (run.isOn("keep")) await api.answerWish(recordingId, "kept");
      }
    } finally {
      unlock();
    }
    if (asked.length === 0) screen.say("Nobody asks you to delete anything here.");
    else if (!run.isOn("delete") && !run.isOn("keep"))
      screen.say("Their owners have deleted these since, and ask you to delete your copies: --delete or --keep.");
    return exits.done;
  },
};
