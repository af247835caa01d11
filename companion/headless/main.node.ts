/**
 * The companion without a window: `node companion/headless/main.node.ts --origin http://… --session ses_… --input a.wav --folder dir`,
 * its token in the system's keychain (`sessionlinked login`) or in SESSIONLINKED_TOKEN. Commands
 * (`StudioCommand`) come as lines of JSON on standard input, events (`StudioEvent`) go out the same way; it leaves when the input ends.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { SessionId } from "../../protocol/ids.ts";
import { systemKeychain } from "../engine/account/keychain.node.ts";
import { ApiClient } from "../engine/api/api-client.std.ts";
import { StudioCommand } from "../engine/studio/commands.std.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import { openWanted } from "./open.node.ts";

const { values: flags } = parseArgs({
  options: {
    origin: { type: "string" },
    session: { type: "string" },
    input: { type: "string" },
    // When the file's first frame was, by the machine's clock in ms: companions of one machine play in step by it.
    "input-since": { type: "string" },
    folder: { type: "string" },
    // Keeps what is heard in the folder, for whoever measures it.
    trace: { type: "boolean", default: false },
    inputs: { type: "string", default: "Input 1:1+2" },
    // Which of the device's inputs go out to the others; all that are named, where nothing is said.
    lane: { type: "string", default: "" },
    // Inputs that the person arms from the start, by name, with commas; `*` is all.
    arm: { type: "string", default: "" },
    encoding: { type: "string", default: "pcm24" },
    // For who hears the others by other means: the transports are one, without lanes.
    "no-links": { type: "boolean", default: false },
    // DAWs that follow and lead, as language and port (daws.node.ts); may be given more than once.
    daw: { type: "string", multiple: true, default: [] },
    // A port of MIDI on which the person plays to the others and hears their notes.
    notes: { type: "string", default: "" },
  },
});
const token =
  process.env.SESSIONLINKED_TOKEN ??
  (flags.origin === undefined || !URL.canParse(flags.origin)
    ? null
    : await systemKeychain.read(new URL(flags.origin).origin).catch(() => null));
const sessionId = SessionId.safeParse(flags.session);
if (
  token === null ||
  flags.origin === undefined ||
  flags.folder === undefined ||
  flags.input === undefined ||
  !sessionId.success
) {
  console.error("usage: main.node.ts --origin URL --session ses_… --input file.wav --folder dir");
  if (token === null) console.error("Nobody is signed in there: sessionlinked login --origin URL");
  process.exit(2);
}

const emit = (event: StudioEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);
const warn = (code: string, error: unknown, final = false) =>
  emit({ type: "warning", code, message: error instanceof Error ? error.message : String(error), final });
const fail = (error: unknown): never => {
  warn("start", error, true);
  process.exit(1);
};

const api = new ApiClient(flags.origin, token);
const open = async (folder: string, input: string) => {
  const { sessionId: id, name } = await api.readSession(sessionId.data as SessionId);
  return openWanted({
    api,
    sessionId: id,
    sessionName: name,
    folder,
    input,
    inputs: flags.inputs,
    lane: flags.lane,
    arm: flags.arm,
    encoding: flags.encoding,
    daws: flags.daw,
    notes: flags.notes,
    links: !flags["no-links"],
    inputSinceMs: flags["input-since"] === undefined ? null : Number(flags["input-since"]),
    traces: flags.trace,
    emit,
    // The peer connections' own threads would keep the process for a while; everything of ours is on disk.
    ended: () => process.exit(0),
  });
};
const studio = await open(flags.folder, flags.input).catch(fail);

const commands = createInterface({ input: process.stdin });
commands.on("line", (text) => {
  try {
    studio.execute(StudioCommand.parse(JSON.parse(text)));
  } catch (error) {
    warn("command", error);
  }
});
commands.on("close", () => studio.execute({ type: "leave" }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => studio.execute({ type: "leave" }));
