import type { Result } from "../../../protocol/result.ts";

/** What came of a request: the answer's JSON, or the problem's code (RFC 9457) with what is wrong in which field. */
export type Answer<Value> = Result<Value, string, { fields: Record<string, string[]>; retryAfterSeconds: number }>;

/** Asks the API of this origin. `offline` is a code of its own: nothing arrived. */
export async function ask<Value = undefined>(method: string, path: string, body?: unknown): Promise<Answer<Value>> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    return { ok: false, reason: "offline", fields: {}, retryAfterSeconds: 0 };
  }
  const text = await response.text();
  if (response.ok) return { ok: true, value: (text === "" ? undefined : JSON.parse(text)) as Value };
  const problem = readProblem(text);
  const retryAfterSeconds = Number(response.headers.get("Retry-After") ?? 5) || 5;
  return { ok: false, reason: problem.code, fields: problem.fields, retryAfterSeconds };
}

export const post = <Value = undefined>(path: string, body?: unknown) => ask<Value>("POST", path, body);

function readProblem(text: string): { code: string; fields: Record<string, string[]> } {
  try {
    const { code, fields } = JSON.parse(text) as { code?: unknown; fields?: Record<string, string[]> };
    return { code: typeof code === "string" ? code : "other", fields: fields ?? {} };
  } catch {
    // What stands between us and the server answered with something of its own.
    return { code: "unavailable", fields: {} };
  }
}
