#!/usr/bin/env node
/** `sessionlinked`: the companion without a window, as a program of its own. `sessionlinked --help` says what it does. */
import { stopOf } from "./account.node.ts";
import { type Command, exits, helpOf, helpOfAll, manOf, type Run, readLine, Stop } from "./command.node.ts";
import { doctor } from "./commands/doctor.node.ts";
import { bring } from "./commands/import.node.ts";
import { join, record } from "./commands/join.node.ts";
import { login } from "./commands/login.node.ts";
import { restore } from "./commands/restore.node.ts";
import { status } from "./commands/status.node.ts";
import { pull, takes } from "./commands/takes.node.ts";
import { wishes } from "./commands/wishes.node.ts";
import { Config, configPath, readConfig } from "./config.node.ts";
import { Screen } from "./screen.node.ts";

const commands: readonly Command[] = [login, join, record, takes, pull, restore, wishes, bring, status, doctor];

async function main([name, ...args]: readonly string[]): Promise<number> {
  const plain = new Screen(false);
  if (name === undefined || name === "--help" || name === "help") {
    plain.say(helpOfAll(commands));
    return name === undefined ? exits.usage : exits.done;
  }
  if (name === "--man") {
    process.stdout.write(manOf(commands));
    return exits.done;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw new Stop(exits.usage, `There is no "${name}".\n\n${helpOfAll(commands)}`);
  const { values, positionals } = readLine(command, args);
  if (values.help === true) {
    plain.say(helpOf(command));
    return exits.done;
  }
  const named = typeof values.config === "string" ? values.config : undefined;
  const config = readConfig(named ?? configPath(process.env), named !== undefined);
  const run: Run = {
    flag: (flag) => {
      const value = values[flag];
      if (typeof value === "string") return value;
      const key = Config.keyof().safeParse(flag);
      const told = key.success ? config[key.data] : undefined;
      return typeof told === "string" ? told : undefined;
    },
    flags: (flag) => {
      const value = values[flag];
      if (Array.isArray(value)) return value.filter((one) => typeof one === "string");
      return flag === "daw" ? (config.daw ?? []) : [];
    },
    isOn: (flag) => values[flag] === true,
    argument: (at) => positionals[at],
    screen: new Screen(values.json === true),
  };
  return command.run(run);
}

try {
  // Peer connections' own threads would keep the process for a while; everything of ours is on disk.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const stop = stopOf(error);
  new Screen(false).complain(stop.message);
  process.exit(stop.exit);
}
