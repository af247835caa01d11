import { getServerByName } from "partyserver";
import type { SessionRoom } from "../../durable-objects/session-room.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { Env } from "./env.ts";

/**
 * Promise H1: every Durable Object is created and kept in the EU. Only this function gives a namespace. A local
 * workerd throws "not implemented" for jurisdictions, so there, and only there, the plain namespace is used; D1 and R2 carry
 * their jurisdiction in their own configuration.
 */
export function inTheEu<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
  environment: Env["ENVIRONMENT"],
): DurableObjectNamespace<T> {
  return environment === "local" ? namespace : namespace.jurisdiction("eu");
}

/** The stub of a session's room. Take a new one for each call: a stub that has thrown is of no more use. */
export function roomOf(env: Env, sessionId: SessionId): Promise<DurableObjectStub<SessionRoom>> {
  return getServerByName(inTheEu(env.SESSION_ROOM, env.ENVIRONMENT), sessionId);
}
