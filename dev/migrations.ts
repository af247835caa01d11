/**
 * `npm run migrations`: writes the SQL for migrations/schema.ts. Nothing has been released yet, so there is one migration, and
 * it is written anew; migrations with names of their own (search tables, triggers) are applied after it and left alone.
 * From the first release on this only ever adds. Ids and times in the snapshot are derived, so the same schema gives the same
 * files.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";

rmSync("migrations/meta", { recursive: true, force: true });
for (const file of globSync("migrations/0000_*.sql")) rmSync(file);
const generate = spawnSync("drizzle-kit", ["generate", "--name", "init"], { stdio: "inherit" });
if (generate.status !== 0) process.exit(generate.status ?? 1);

const digest = createHash("sha256").update(readFileSync("migrations/0000_init.sql")).digest("hex");
const snapshotPath = "migrations/meta/0000_snapshot.json";
const snapshot = JSON.parse(readFileSync(snapshotPath, "utf8"));
snapshot.id = digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
writeFileSync(snapshotPath, `${JSON.stringify(snapshot, null, 2)}\n`);
const journalPath = "migrations/meta/_journal.json";
const journal = JSON.parse(readFileSync(journalPath, "utf8"));
for (const entry of journal.entries) entry.when = 0;
writeFileSync(journalPath, `${JSON.stringify(journal, null, 2)}\n`);
