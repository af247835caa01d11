import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { exits, Stop } from "./command.node.ts";

/** What the config file may say: what the flags of the same names take. */
export const Config = z.strictObject({
  origin: z.string().optional(),
  folder: z.string().optional(),
  input: z.string().optional(),
  inputs: z.string().optional(),
  lane: z.string().optional(),
  arm: z.string().optional(),
  encoding: z.string().optional(),
  daw: z.array(z.string()).optional(),
});
export type Config = z.infer<typeof Config>;

export const configPath = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "sessionlinked", "config.json");

/** The config file, or nothing where there is none and none was named. Throws `Stop` where it cannot be read. */
export function readConfig(path: string, isNamed: boolean): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!isNamed && (error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Stop(exits.usage, `${path} cannot be read.`);
  }
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw new Stop(exits.usage, `${path} is not JSON.`);
  }
  const config = Config.safeParse(said);
  if (config.success) return config.data;
  const [issue] = config.error.issues;
  throw new Stop(exits.usage, `${path}: ${issue?.path.join(".") || "the file"}: ${issue?.message ?? "unknown"}`);
}
