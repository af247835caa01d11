import { sql } from "drizzle-orm";
import { type AnySQLiteColumn, check } from "drizzle-orm/sqlite-core";

/** A text under a key of its person (workers/platform/personal-seal.ts): whose key, a colon, nonce and ciphertext. Nothing else makes one. */
export type Sealed = string & { readonly isSealed: true };

/** The database itself refuses an address in the clear. */
export const holdsNoAddress = (name: string, column: AnySQLiteColumn) => check(name, sql`instr(${column}, '@') = 0`);
