import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ZodError } from "zod";
import { assertNever } from "../../../protocol/errors.ts";
import { StudioCommand } from "../../engine/studio/commands.std.ts";
import type { StudioEvent } from "../../engine/studio/events.std.ts";
import type { Studio } from "../../engine/studio/studio.std.ts";
import { sessionOf, signedIn } from "../account.node.ts";
import { type Command, deviceFlags, type Exit, exits, type Run, Stop } from "../command.node.ts";
import { openWanted } from "../open.node.ts";
import type { Screen } from "../screen.node.ts";
import { folderOf } from "./takes.node.ts";

const uplinkWords = {
  narrow: "16 bit",
  stereo: "16 bit, folded down to stereo",
  mono: "16 bit mono",
  opus: "Opus, a little later",
} as const;

/** Session time is known well enough for a take after this. */
const SETTLE_MS = 3_000;
const SECONDS_MAX = 4 * 3_600;

interface Opened {
  studio: Studio;
  ended: Promise<void>;
  /** Resolves with the first event that fits. */
  until(fits: (event: StudioEvent) => boolean): Promise<StudioEvent>;
}

/** Joins a session; `onEvent` hears everything that happens there. */
export async function open(
  run: Run,
  arm: string | undefined,
  onEvent: (event: StudioEvent, nameOf: NameOf) => void,
): Promise<Opened> {
  const api = await signedIn(run);
  const { sessionId, name, members } = await api.readSession(await sessionOf(api, run.argument(0) ?? ""));
  const nameOf: NameOf = (memberId) => members.find((one) => one.memberId === memberId)?.displayName ?? "Somebody";
  const waiting = new Set<(event: StudioEvent) => void>();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const studio = await openWanted({
    api,
    sessionId,
    sessionName: name,
    folder: folderOf(run, name),
    input: run.flag("input") ?? "jack",
    inputs: run.flag("inputs") ?? "Input 1:1+2",
    lane: run.flag("lane") ?? "",
    arm: run.flag("arm") ?? arm ?? "",
    encoding: run.flag("encoding") ?? "pcm24",
    daws: run.flags("daw"),
    notes: run.flag("notes") ?? "",
    emit: (event) => {
      onEvent(event, nameOf);
      for (const look of [...waiting]) look(event);
    },
    ended: resolve,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => studio.execute({ type: "leave" }));
  const until = (fits: (event: StudioEvent) => boolean) =>
    new Promise<StudioEvent>((found) => {
      const look = (event: StudioEvent) => {
        if (!fits(event)) return;
        waiting.delete(look);
        found(event);
      };
      waiting.add(look);
    });
  return { studio, ended, until };
}

type NameOf = (memberId: string | undefined) => string;

/** What happens in the session as a person reads it; what moves all the time is not written down. */
function tell(screen: Screen, event: StudioEvent, nameOf: NameOf): void {
  switch (event.type) {
    case "joined":
      screen.say(`You are in, as ${event.role}. Ctrl-C leaves.`);
      return;
    case "waiting":
      screen.say("You are at the door: the host has to let you in.");
      return;
    case "broadcast":
      if (event.listeners === null) screen.say("The broadcast is over: nobody but the session hears you.");
      else screen.say(`This session is broadcast: ${event.listeners} listen by its link.`);
      return;
    case "link":
      screen.say(`${nameOf(event.memberId)}: ${event.state}`);
      return;
    case "logged": {
      const { body, from } = event.event;
      if (body.kind === "chat") screen.say(`${nameOf(from)}: ${body.text}`);
      if (body.kind === "transport") screen.say(`${nameOf(from)}: ${body.transport.command}`);
      return;
    }
    case "recording":
      screen.say(`Recording ${event.name}`);
      return;
    case "recorded":
    case "recovered":
      screen.say(`${event.stem.name}: ${event.stem.path}`);
      return;
    case "upload": {
      const { name, sentBytes, totalBytes } = event.progress;
      if (totalBytes !== null) screen.bar(name, sentBytes / totalBytes);
      return;
    }
    case "shared":
      screen.say(`${event.recording.name} is with the others.`);
      return;
    case "delivery-asked": {
      const gigabytes = (event.sizeBytes / 1e9).toFixed(1);
      screen.say(`${event.name} is large (${gigabytes} GB) and waits. "sessionlinked pull" brings it.`);
      return;
    }
    case "delivered":
      screen.say(`${event.name} has come: ${event.path}`);
      return;
    case "notice":
      screen.say(event.message);
      return;
    case "warning":
      screen.complain(event.message);
      return;
    case "delay": {
      const { mode, delayMs, bars } = event;
      if (mode === "equal") screen.say(`Everybody is heard after ${delayMs?.toFixed(0)} ms, you too: use headphones.`);
      else if (mode === "bars") screen.say(`Everybody is heard ${bars === 1 ? "a bar" : `${bars} bars`} later.`);
      else screen.say("Everybody is heard as soon as can be.");
      return;
    }
    case "uplink":
      if (event.level === "full") screen.say("Your up-link is free again: the others hear you as you play.");
      else screen.say(`Your up-link is full: the others hear you in ${uplinkWords[event.level]}.`);
      return;
    case "words":
      if (event.state.state === "agreed")
        screen.say(`Read to each other: ${event.state.words.join(" ")}. Other words at somebody else: stop talking.`);
      else if (event.state.state === "broken") screen.complain("Somebody may be listening in: the keys do not agree.");
      return;
    case "wishes": {
      const count = event.wishes.length;
      if (count === 0) return;
      screen.say(
        `Owners ask you to delete ${count === 1 ? "a copy" : `${count} copies`} of theirs: "sessionlinked wishes".`,
      );
      return;
    }
    case "safety-copies": {
      const { keptBy, own } = event.report;
      if (keptBy.length > 0) screen.say(`Keeps safety copies of your takes: ${keptBy.map(nameOf).join(", ")}.`);
      for (const { copyId, from, seconds, isHere, returnedSeconds } of own) {
        const who = from.map(nameOf).join(", ");
        if (returnedSeconds !== null)
          screen.bar(`from ${who}`, seconds === 0 ? 1 : Math.min(1, returnedSeconds / seconds));
        else if (!isHere)
          screen.say(
            `${who} ${from.length === 1 ? "has" : "have"} ${Math.round(seconds)} s of yours that are not here: "sessionlinked restore" brings ${copyId} back.`,
          );
      }
      return;
    }
    case "wish-answered":
      screen.say(`Told the owner: ${event.answer}.`);
      return;
    case "deliveries":
    case "level":
    case "latency":
    case "executed":
    case "report":
      return;
    default:
      assertNever(event);
  }
}

export const heard = (screen: Screen) => (event: StudioEvent, nameOf: NameOf) =>
  screen.isJson ? screen.answer(event, []) : tell(screen, event, nameOf);

export const join: Command = {
  name: "join",
  summary: "Joins a session by its invite, its address or its id, and stays.",
  arguments: ["CODE"],
  flags: {
    ...deviceFlags,
    direct: {
      summary: "Sound without a relay to whoever says so too: they and you then know each other's internet address.",
    },
    "keep-mine": {
      summary:
        "Lets who keeps safety copies hold what you play in takes, sealed for you alone, until your stem has come.",
    },
    "keep-others": { summary: "Keeps safety copies of the takes of whoever wishes it." },
  },
  async run(run) {
    const { screen } = run;
    let exit: Exit = exits.done;
    const { studio, ended } = await open(run, undefined, (event, nameOf) => {
      heard(screen)(event, nameOf);
      if (event.type === "warning" && event.final) exit = exits.refused;
    });
    if (run.isOn("direct")) studio.execute({ type: "direct", on: true });
    const [mine, others] = [run.isOn("keep-mine"), run.isOn("keep-others")];
    if (mine || others) studio.execute({ type: "safety-copies", mine, others });
    if (screen.isJson) {
      const commands = createInterface({ input: process.stdin });
      commands.on("line", (text) => {
        try {
          studio.execute(StudioCommand.parse(JSON.parse(text)));
        } catch (error) {
          const [issue] = error instanceof ZodError ? error.issues : [];
          const why = issue === undefined ? String(error) : `${issue.path.join(".")}: ${issue.message}`;
          screen.complain(`This line is no command: ${text.slice(0, 200)} (${why})`);
        }
      });
      commands.on("close", () => studio.execute({ type: "leave" }));
    }
    await ended;
    return exit;
  },
};

export const record: Command = {
  name: "record",
  summary: "Joins a session, records a take of everybody's armed inputs, and leaves.",
  arguments: ["SESSION"],
  flags: {
    ...deviceFlags,
    seconds: { summary: "How long; without it, until Ctrl-C.", value: "N" },
    share: { summary: "Shares this machine's take with the others. What they fetch is theirs." },
  },
  async run(run) {
    const { screen } = run;
    const seconds = run.flag("seconds") === undefined ? SECONDS_MAX : Number(run.flag("seconds"));
    if (!(seconds > 0 && seconds <= SECONDS_MAX))
      throw new Stop(exits.usage, `--seconds takes a number from 1 to ${SECONDS_MAX}.`);
    const { studio, ended, until } = await open(run, "*", heard(screen));
    const over = ended.then(() => null);
    const refused = until((event) => event.type === "warning" && ["forbidden", "recording-off"].includes(event.code));
    const step = (fits: (event: StudioEvent) => boolean) => Promise.race([until(fits), refused, over]);
    const leave = async (exit: Exit): Promise<Exit> => {
      studio.execute({ type: "leave" });
      await ended;
      return exit;
    };
    const joined = await step((event) => event.type === "joined");
    if (joined?.type !== "joined") return leave(exits.refused);
    await Promise.race([sleep(SETTLE_MS), over]);
    const begins = step((event) => event.type === "recording");
    studio.execute({ type: "transport", transport: { command: "record" } });
    if ((await begins)?.type !== "recording") return leave(exits.refused);
    const recorded = step((event) => event.type === "recorded");
    for (let second = 0; second < seconds; second++) {
      screen.bar(`${second} s`, run.flag("seconds") === undefined ? 0 : second / seconds);
      if ((await Promise.race([sleep(1_000, "on"), recorded])) !== "on") break;
    }
    studio.execute({ type: "transport", transport: { command: "stop" } });
    if ((await recorded)?.type !== "recorded") return leave(exits.failed);
    if (run.isOn("share")) {
      const shared = step(
        (event) => event.type === "shared" || (event.type === "upload" && event.progress.state === "failed"),
      );
      studio.execute({ type: "share" });
      if ((await shared)?.type !== "shared") return leave(exits.failed);
    }
    return leave(exits.done);
  },
};
