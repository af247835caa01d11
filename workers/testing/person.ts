import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { accounts } from "../../migrations/schema.ts";
import type { OwnProfile, PutProfile } from "../../protocol/hub.ts";
import { newId, type ProfileId } from "../../protocol/ids.ts";
import { createApp } from "../app.ts";
import { createSignIn } from "../auth/session-token.ts";
import { systemDeps } from "../platform/deps.ts";
import { named, sealed, sealedText } from "./addresses.ts";
import { crowdStatements } from "./crowd.ts";
import { db } from "./tables.ts";

const app = createApp();
const origin = "https://sessionlinked.test";

/** An account that is signed in, and what it may do with its profile. */
export async function person(displayName: string) {
  const accountId = newId("acc", systemDeps.random);
  const email = `${accountId}@private-mark.example`;
  const who = { ...(await sealed(accountId, email)), ...(await named(accountId, displayName)) };
  await db.insert(accounts).values({ id: accountId, ...who, createdAtMs: 0 });
  const { token, statements } = await createSignIn(env, systemDeps, {
    accountId,
    kind: "companion",
    method: "password",
    label: "test",
  });
  await env.DB.batch(statements);
  const call = (method: string, path: string, body?: unknown) =>
    app.request(
      `${origin}${path}`,
      {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
      },
      env,
    );
  const put = async (profile: Partial<PutProfile>) => {
    const response = await call("PUT", "/api/v1/profile", profile);
    expect(response.status).toBe(200);
    return response.json<OwnProfile>();
  };
  const publish = async (profile: Partial<PutProfile> = {}) => {
    // Nobody publishes nothing.
    const says = profile.instruments !== undefined || profile.bio !== undefined;
    await put(says ? profile : { ...profile, bio: "Hello." });
    const response = await call("PUT", "/api/v1/profile/publication");
    expect(response.status).toBe(200);
    return response.json<OwnProfile & { profileId: ProfileId }>();
  };
  return { accountId, token, email, call, put, publish };
}

/** Keys for a whole crowd. */
const CROWD_KEYS = 50;

/** Published profiles of people `from` to `to` of the crowd. */
export async function seedCrowd(from: number, to: number): Promise<void> {
  const statements = await crowdStatements(from, to, sealedText, CROWD_KEYS);
  await env.DB.batch(statements.map(({ sql, json }) => env.DB.prepare(sql).bind(json)));
}
