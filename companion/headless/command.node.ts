/** Commands of the program as data: what they take, what they say of themselves, and the codes they end with. */
import { parseArgs } from "node:util";
import type { Screen } from "./screen.node.ts";

/** What the program ends with. Scripts may rely on these. */
export const exits = {
  done: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  unreachable: 4,
  refused: 5,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];

export const exitNotes: Record<keyof typeof exits, string> = {
  done: "All of it was done.",
  failed: "Something failed; what it was is on standard error.",
  usage: "The command line or the config file could not be read.",
  notSignedIn: "Nobody is signed in on this machine.",
  unreachable: "SessionLinked could not be reached. Trying again later may help.",
  refused: "It is not there, or not allowed. Trying again will not help.",
};

/** Ends the program with a sentence for the person. */
export class Stop extends Error {
  readonly exit: Exit;
  constructor(exit: Exit, message: string) {
    super(message);
    this.exit = exit;
  }
}

interface Flag {
  summary: string;
  /** What stands for its value; a flag without one is a switch. */
  value?: string;
  /** It may be given more than once. */
  isMany?: boolean;
}

export interface Run {
  /** The value of a flag that takes one: from the command line, or else from the config file. */
  flag(name: string): string | undefined;
  /** All values of a flag that may be given more than once. */
  flags(name: string): readonly string[];
  isOn(name: string): boolean;
  argument(at: number): string | undefined;
  screen: Screen;
}

export interface Command {
  name: string;
  summary: string;
  /** Names of its arguments, in order; all of them are needed. */
  arguments: readonly string[];
  flags: Readonly<Record<string, Flag>>;
  run(run: Run): Promise<Exit>;
}

export const commonFlags: Readonly<Record<string, Flag>> = {
  origin: { summary: "Where SessionLinked is.", value: "URL" },
  config: { summary: "Another config file.", value: "FILE" },
  json: { summary: "One JSON object a line, for programs." },
  help: { summary: "What this command takes." },
};

/** The flags of everything that opens a sound device. */
export const deviceFlags: Readonly<Record<string, Flag>> = {
  input: {
    summary:
      "What is played on: jack (the default), jack:unconnected for who connects the ports by hand, or a WAV file that stands for a sound card.",
    value: "DEVICE",
  },
  inputs: {
    summary:
      "What can be recorded of the device, by name: Guitar:1,Keys:3+4,Drums:5-12. Each becomes a stem of one to eight channels.",
    value: "LIST",
  },
  lane: {
    summary:
      "Which inputs go out to the others, one to eight: 3+4 (left and right), 1-8, or 1L30,2R30 (in stereo 30 % left and right). All that are named where nothing is said.",
    value: "LIST",
  },
  arm: { summary: "Inputs to arm, by name, with commas; * is all.", value: "LIST" },
  encoding: { summary: "pcm24 or float32.", value: "FORMAT" },
  daw: {
    summary: "A DAW that follows and leads, such as ardour@127.0.0.1:3819; once for each.",
    value: "DAW",
    isMany: true,
  },
  notes: {
    summary:
      "A MIDI port on which you play to the others and hear their notes, in session time: jack:NAME, virtual:NAME (ports of our own) or midi:NAME (one that is there).",
    value: "PORT",
  },
  folder: { summary: "Where the session's takes lie.", value: "DIR" },
};

/** Reads a command's own line. Throws `Stop` where it makes no sense. */
export function readLine(command: Command, args: readonly string[]) {
  const flags = { ...commonFlags, ...command.flags };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(flags).map(([name, { value, isMany = false }]) => [
          name,
          { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: isMany },
        ]),
      ),
    });
    const missing = command.arguments[positionals.length];
    if (values.help !== true && missing !== undefined) throw new Error(`${missing} is missing.`);
    if (positionals.length > command.arguments.length)
      throw new Error(`"${positionals[command.arguments.length]}" is one too many.`);
    return { values, positionals };
  } catch (error) {
    throw new Stop(exits.usage, `${error instanceof Error ? error.message : error}\n\n${helpOf(command)}`);
  }
}

const flagLines = (flags: Readonly<Record<string, Flag>>) =>
  Object.entries(flags).map(([name, { summary, value }]) => {
    const shown = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${shown.padEnd(18)} ${summary}`;
  });

export const usageOf = ({ name, arguments: names }: Command) => ["sessionlinked", name, ...names].join(" ");

export function helpOf(command: Command): string {
  return [
    command.summary,
    "",
    `usage: ${usageOf(command)} [flags]`,
    "",
    ...flagLines(command.flags),
    ...flagLines(commonFlags),
  ].join("\n");
}

export function helpOfAll(commands: readonly Command[]): string {
  return [
    "SessionLinked's companion without a window.",
    "",
    ...commands.map((command) => `  ${usageOf(command).padEnd(32)} ${command.summary}`),
    "",
    "  --help after a command says what it takes; man sessionlinked says all of it.",
  ].join("\n");
}

const roff = (text: string) =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1");

/** The manual page (man-pages(7)), from the same data as the help. */
export function manOf(commands: readonly Command[]): string {
  const flags = (of: Readonly<Record<string, Flag>>) =>
    Object.entries(of).flatMap(([name, { summary, value }]) => [
      ".TP",
      `\\fB\\-\\-${roff(name)}\\fR${value === undefined ? "" : ` \\fI${roff(value)}\\fR`}`,
      roff(summary),
    ]);
  return [
    '.TH SESSIONLINKED 1 "" "SessionLinked" "User commands"',
    ".SH NAME",
    "sessionlinked \\- the companion without a window",
    ".SH SYNOPSIS",
    "\\fBsessionlinked\\fR \\fIcommand\\fR [\\fIflags\\fR]",
    ".SH COMMANDS",
    ...commands.flatMap((command) => [`.SS ${roff(usageOf(command))}`, roff(command.summary), ...flags(command.flags)]),
    ".SH COMMON FLAGS",
    ...flags(commonFlags),
    ".SH FILES",
    ".TP",
    "\\fI$XDG_CONFIG_HOME/sessionlinked/config.json\\fR",
    roff(
      "origin, folder, input, inputs, lane, arm and encoding, as the flags take them, and daw, a list. A flag goes before it.",
    ),
    ".SH ENVIRONMENT",
    ".TP",
    "\\fBSESSIONLINKED_TOKEN\\fR",
    roff("A token, for machines that have no keychain. It is not written anywhere."),
    ".SH EXIT STATUS",
    ...Object.entries(exits).flatMap(([name, code]) => [
      ".TP",
      `\\fB${code}\\fR`,
      roff(exitNotes[name as keyof typeof exits]),
    ]),
    "",
  ].join("\n");
}
