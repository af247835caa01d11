import { sql } from "drizzle-orm";
import { type AnySQLiteColumn, check } from "drizzle-orm/sqlite-core";

/** A text under a key of its person (workers/platform/personal-seal.ts): whose key, a colon, nonce and ciphertext. Nothing else makes one. */
export type Sealed = string & { readonly isSealed: true };

/**
 * The database itself refuses what is in the clear: a sealed text has no letter but those of its key's name and of base64, so no `@`, point or
 * space, and one colon within it. `word`: what may stand there as it is.
 */
export const isSealed = (name: string, column: AnySQLiteColumn, word = "") =>
  check(
    name,
    sql`${column} = ${sql.raw(`'${word}'`)} OR ${column} = '' OR (${column} GLOB '?*:?*' AND ${column} NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr(${column}, instr(${column}, ':') + 1), ':') = 0)`,
  );
