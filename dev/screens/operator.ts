import { URI } from "otpauth";
import { z } from "zod";
import type { Platform } from "../platform.ts";
import { seededIndex } from "../seed.ts";

/** The key of the platform that screens are taken from; with it there are operators. */
export const SCREENS_OPERATOR_KEY = "only for pictures, on this machine alone";

const Made = z.object({ key: z.string(), uri: z.string() });

/** The operator decides a report that waits, and finds nothing to do. */
export async function decideNothing(
  { origin, db, storeKey }: Platform,
  operator: string,
  reporterEmail: string,
): Promise<void> {
  const reportId = await db
    .prepare("SELECT id FROM reports WHERE reporter_account_id = (SELECT id FROM accounts WHERE email_index = ?)")
    .bind(await seededIndex(storeKey, reporterEmail))
    .first<string>("id");
  const decided = await fetch(`${origin}/operator/reports/${reportId}`, {
    method: "POST",
    redirect: "manual",
    headers: {
      Cookie: `__Host-operator=${operator}`,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({
      do: "decide",
      measure: "none",
      ground: "terms",
      facts:
        "We listened to the take. The loop in it is in a pack that everybody may use, and its licence is in the file.",
      throughMs: String(Date.now()),
    }).toString(),
  });
  if (!decided.headers.get("Location")?.includes("done")) throw new Error("The report was not decided.");
}

/** An operator who is signed in, before a day with one of everything that waits: their cookie. */
export async function operatorAt(
  { origin }: Platform,
  { sessionId, profileId, email }: { sessionId: string; profileId: string; email: string },
): Promise<string> {
  const post = async (path: string, token: string, body: object) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(token === "" ? {} : { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const { key, uri } = Made.parse(
    await (await post("/operator/operators", SCREENS_OPERATOR_KEY, { name: "Ona" })).json(),
  );
  const totp = URI.parse(uri);
  const signedIn = await fetch(`${origin}/operator/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ key, code: totp.generate() }).toString(),
  });
  const token = /__Host-operator=([^;]+)/.exec(signedIn.headers.get("Set-Cookie") ?? "")?.[1] ?? "";
  await post(`/hub/profiles/${profileId}/reports`, "", {
    reason: "impersonation",
    details: "This is not the drummer of that band: I am.",
  });
  await post("/operator/breaches", token, {
    kind: "data",
    whatHappened: "A backup of one session’s files was readable at a guessable address for two hours.",
    consequences: "Takes that were shared there may have been heard by strangers.",
    measures: "The address is closed, and what was asked for there is being read.",
    scope: { tables: ["recordings"], sessionId },
    awareAtMs: Date.now() - 5 * 3_600_000,
  });
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const hold = await fetch(`${origin}/operator/holds`, {
    method: "POST",
    redirect: "manual",
    headers: {
      Cookie: `__Host-operator=${token}`,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({
      what: "account",
      reason: "The police ask about threats that came from this account.",
      email,
      reviewAt: day(60),
    }).toString(),
  });
  if (!hold.headers.get("Location")?.includes("done")) throw new Error("The hold was not placed.");
  return token;
}
