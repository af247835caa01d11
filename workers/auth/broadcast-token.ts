import { MemberId, SessionId } from "../../protocol/ids.ts";
import { BROADCAST_LINK_MAX_CHARS } from "../../protocol/limits.ts";
import type { Env } from "../platform/env.ts";
import { readPlace, type SignedPlace, signPlace } from "./signed-place.ts";

/**
 * What people come by who listen to a session (P85), in two signed texts of which nothing is stored: the broadcast's link, which its host passes on,
 * and a seat, which one page of one listener was drawn with. Whether the broadcast is still on, the room knows.
 */
export interface Broadcast {
  sessionId: SessionId;
  /** The broadcast's own id: one that is begun anew has another. */
  id: string;
  expiresAtMs: number;
}
export interface Seat extends Broadcast {
  /** What this page is called in the room, for as long as it is there. */
  listener: MemberId;
}

const bodyOf = (id: string): string => id.slice(4);
const LIMITS = { maxChars: BROADCAST_LINK_MAX_CHARS };

const broadcastOf = ({ parts: [session = "", id = ""], expiresAtMs }: SignedPlace): Broadcast => ({
  sessionId: SessionId.parse(`ses_${session}`),
  id,
  expiresAtMs,
});

export const signBroadcast = async (env: Env, { sessionId, id, expiresAtMs }: Broadcast): Promise<string> =>
  await signPlace(env, "broadcasts", "link", { parts: [bodyOf(sessionId), id], expiresAtMs });

/** The broadcast that a link is of, while it may last; `null`: it is none of ours, or too old. */
export async function readBroadcast(env: Env, link: string, nowMs: number): Promise<Broadcast | null> {
  const read = await readPlace(env, "broadcasts", "link", link, { nowMs, count: 2, ...LIMITS });
  return read === null ? null : broadcastOf(read);
}

export const signSeat = async (env: Env, { sessionId, id, listener, expiresAtMs }: Seat): Promise<string> =>
  await signPlace(env, "broadcasts", "seat", { parts: [bodyOf(sessionId), id, bodyOf(listener)], expiresAtMs });

export async function readSeat(env: Env, seat: string, nowMs: number): Promise<Seat | null> {
  const read = await readPlace(env, "broadcasts", "seat", seat, { nowMs, count: 3, ...LIMITS });
  if (read === null) return null;
  return { ...broadcastOf(read), listener: MemberId.parse(`mem_${read.parts[2] ?? ""}`) };
}
