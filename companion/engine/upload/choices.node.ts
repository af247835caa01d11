import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What a person has chosen for this session, on this machine: beside its takes, so that a restart in mid session does not forget it. */
const Choices = z.object({ shareAsIRecord: z.boolean().default(false) });
type Choices = z.infer<typeof Choices>;

const pathOf = (folder: string) => join(folder, "choices.json");

/** Nothing is chosen where nothing was, or where it cannot be read: then nothing is shared that the person does not share. */
export function readChoices(folder: string): Choices {
  try {
    if (existsSync(pathOf(folder))) return Choices.parse(JSON.parse(readFileSync(pathOf(folder), "utf8")));
  } catch {
    // As if nothing had been chosen.
  }
  return Choices.parse({});
}

export function writeChoices(folder: string, choices: Choices): void {
  writeFileSync(`${pathOf(folder)}.part`, JSON.stringify(choices));
  renameSync(`${pathOf(folder)}.part`, pathOf(folder));
}
