import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Bars } from "../../../audio/bars.ts";
import { fileNameOf } from "../../../protocol/file-name.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { Deliveries } from "../../engine/delivery/deliveries.node.ts";
import { lockFolder } from "../../engine/stems/folder-lock.node.ts";
import { sessionOf, signedIn } from "../account.node.ts";
import { type Command, exits, type Run } from "../command.node.ts";
import { columns } from "../screen.node.ts";

const MEGABYTE = 1e6;
/** Bars are counted in the tempo that a take was recorded in: the session's own map is the room's. */
const barOf = ({ timelineFrames, bpm }: Recording) =>
  new Bars({ ...initialMap, tempo: [{ positionFrames: 0, bpm }] }).label(timelineFrames);
const lengthOf = ({ frames, format }: Recording) =>
  frames === null ? "on its way" : `${(frames / format.sampleRateHz).toFixed(1)} s`;

const wishNote = (count: number) =>
  `Owners ask you to delete ${count === 1 ? "a copy" : `${count} copies`}: "sessionlinked wishes" shows which.`;

/** Where a session's takes lie unless the person says otherwise. */
export const folderOf = (run: Run, sessionName: string) =>
  run.flag("folder") ?? join(homedir(), "SessionLinked", fileNameOf(sessionName));

export const takes: Command = {
  name: "takes",
  summary: "Lists what has been shared in a session.",
  arguments: ["SESSION"],
  flags: {},
  async run(run) {
    const api = await signedIn(run);
    const sessionId = await sessionOf(api, run.argument(0) ?? "");
    const { members } = await api.readSession(sessionId);
    const recordings = await api.listRecordings(sessionId);
    const nameOf = (memberId: string) => members.find((one) => one.memberId === memberId)?.displayName ?? "has left";
    const rows = recordings.map((recording) => [
      nameOf(recording.memberId),
      recording.name,
      `bar ${barOf(recording)}`,
      lengthOf(recording),
      recording.sizeBytes === null ? "" : `${(recording.sizeBytes / MEGABYTE).toFixed(1)} MB`,
      recording.recordingId,
    ]);
    run.screen.answer(recordings, rows.length === 0 ? ["Nothing has been shared here yet."] : columns(rows));
    return exits.done;
  },
};

export const pull: Command = {
  name: "pull",
  summary: "Brings everything that is shared in a session into its folder, with projects for DAWs.",
  arguments: ["SESSION"],
  flags: { folder: { summary: "Where the session's takes lie.", value: "DIR" } },
  async run(run) {
    const { screen } = run;
    const api = await signedIn(run);
    const { sessionId, name } = await api.readSession(await sessionOf(api, run.argument(0) ?? ""));
    const folder = folderOf(run, name);
    mkdirSync(folder, { recursive: true });
    const unlock = lockFolder(folder);
    const wanted = (await api.listRecordings(sessionId)).filter(({ state }) => state === "complete").length;
    let [came, failed] = [0, 0];
    screen.bar("looking what is here", 0);
    const deliveries = new Deliveries({
      api,
      sessionId,
      sessionName: name,
      folder,
      // Who asks for everything has said yes to what is large.
      onAsk: () => undefined,
      onDelivered: ({ recordingId, name: stem, sha256 }, path) => {
        came++;
        screen.answer({ recordingId, name: stem, path, sha256 }, [`${stem}: ${path}`]);
        screen.bar(`${came} of ${wanted}`, came / wanted);
      },
      onWished: (wishes) => screen.say(wishNote(wishes.length)),
      onWarning: (message) => {
        failed++;
        screen.complain(message);
      },
    });
    try {
      await deliveries.fetch();
      await deliveries.allow();
    } finally {
      deliveries.stop();
      unlock();
    }
    screen.say(came === 0 && failed === 0 ? `Everything is here already: ${folder}` : `${came} came into ${folder}`);
    return failed > 0 ? exits.failed : exits.done;
  },
};
