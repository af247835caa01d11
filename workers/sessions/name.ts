import type { Sealed } from "../../migrations/schema/sealed.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { openNamed, openSealed } from "../platform/personal-keys.ts";

/** What a session is called, for those who are in it: sealed under a key of the session, which ends with it. Nothing, once it has. */
export const nameOf = async (env: Env, deps: Deps, { sealedName }: { sealedName: Sealed | "" }): Promise<string> =>
  (await openSealed(env, deps, "session", sealedName)) ?? "";

/**
 * Sessions with their names opened, the keys of all of them read at once; without those that go just now. Where the store of keys does not
 * answer the names are empty, and the rest of the list is there.
 */
export const withNames = <Row extends { name: string }>(env: Env, deps: Deps, rows: readonly Row[]): Promise<Row[]> =>
  openNamed(env, deps, rows, async (row, open) => ({ ...row, name: await open("session", row.name) }));
