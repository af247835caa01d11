/**
 * The local platform's D1, migrated by Wrangler's own command as a deploy's is: the same files, the same order, the same table of what was
 * applied. The command starts a runtime for each migration, and tests start many platforms: so it makes one database without rows,
 * beside the bundle, and every new platform begins with a copy of it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const madeDir = join(root, "dist", "database");

/** Where Wrangler keeps what is local, inside the folder that it is told to persist to. */
export const storeOf = (stateDir: string): string => join(stateDir, "v3");
const databaseOf = (stateDir: string): string => join(storeOf(stateDir), "d1");

/** Which migrations there are: their names and all they say. */
function migrationsDigest(): string {
  const hash = createHash("sha256");
  for (const name of globSync("*.sql", { cwd: join(root, "migrations") }).sort())
    hash.update(`${name}\0`).update(readFileSync(join(root, "migrations", name)));
  return hash.digest("hex").slice(0, 16);
}

function applyMigrations(stateDir: string): void {
  const wrangler = spawnSync("wrangler", ["d1", "migrations", "apply", "DB", "--local", "--persist-to", stateDir], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (wrangler.status !== 0)
    throw new Error(`The migrations could not be applied:\n${wrangler.stdout}${wrangler.stderr}`);
}

/** The folder of a database that has every migration and no row. */
export function emptyDatabase(): string {
  const made = join(madeDir, migrationsDigest());
  if (existsSync(made)) return made;
  mkdirSync(madeDir, { recursive: true });
  const making = mkdtempSync(join(madeDir, "making-"));
  applyMigrations(making);
  try {
    renameSync(making, made);
  } catch (error) {
    // Somebody else was first, with the same.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  }
  return made;
}

/** Brings the database in this folder to the newest migration, or makes it. Nothing may have it open. */
export function migrate(stateDir: string): void {
  const notePath = join(stateDir, "migrated");
  const digest = migrationsDigest();
  if (existsSync(notePath) && readFileSync(notePath, "utf8") === digest) return;
  const database = databaseOf(stateDir);
  if (existsSync(database)) applyMigrations(stateDir);
  else {
    const copying = `${database}.part`;
    rmSync(copying, { recursive: true, force: true });
    cpSync(databaseOf(emptyDatabase()), copying, { recursive: true });
    renameSync(copying, database);
  }
  writeFileSync(notePath, digest);
}
