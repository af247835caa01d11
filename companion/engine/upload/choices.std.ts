import * as z from "zod";
import type { Disk } from "../stems/disk.std.ts";

/** What a person has chosen for this session, on this machine: beside its takes, so that a restart in mid session does not forget it. */
const Choices = z.object({
  shareAsIRecord: z.boolean().default(false),
  /** Whether collaborators may keep safety copies of this person's takes, and whether they keep those of theirs. */
  safetyCopies: z.object({ mine: z.boolean(), others: z.boolean() }).default({ mine: false, others: false }),
});
type Choices = z.infer<typeof Choices>;

const pathOf = (disk: Disk, folder: string) => disk.pathOf(folder, "choices.json");

/** Nothing is chosen where nothing was, or where it cannot be read: then nothing is shared that the person does not share. */
export function readChoices(disk: Disk, folder: string): Choices {
  try {
    return Choices.parse(JSON.parse(disk.text(pathOf(disk, folder)) ?? "{}"));
  } catch {
    // As if nothing had been chosen.
  }
  return Choices.parse({});
}

/** What is not named stays as it was chosen. */
export function writeChoices(disk: Disk, folder: string, choices: Partial<Choices>): void {
  disk.replace(pathOf(disk, folder), JSON.stringify({ ...readChoices(disk, folder), ...choices }));
}
