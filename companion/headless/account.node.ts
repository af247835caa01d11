/** Who this machine is to SessionLinked: where it is, and the token that the keychain keeps for it. */
import { SessionId } from "../../protocol/ids.ts";
import { systemKeychain } from "../engine/account/keychain.node.ts";
import { ApiClient, ApiError } from "../engine/api/api-client.std.ts";
import { exits, type Run, Stop } from "./command.node.ts";

export function originOf(run: Run): string {
  const text = run.flag("origin");
  if (text === undefined)
    throw new Stop(exits.usage, "Say where SessionLinked is: --origin https://…, or in the config file.");
  if (!URL.canParse(text)) throw new Stop(exits.usage, `"${text}" is not an address.`);
  return new URL(text).origin;
}

export async function tokenOf(origin: string): Promise<string | null> {
  return process.env.SESSIONLINKED_TOKEN ?? (await systemKeychain.read(origin).catch(() => null));
}

export async function signedIn(run: Run): Promise<ApiClient> {
  const origin = originOf(run);
  const token = await tokenOf(origin);
  if (token === null)
    throw new Stop(exits.notSignedIn, `Nobody is signed in at ${origin}: sessionlinked login --origin ${origin}`);
  return new ApiClient(origin, token);
}

/** A session by its id or its page's address, or by an invite, which is taken. */
export async function sessionOf(api: ApiClient, text: string): Promise<SessionId> {
  const id = SessionId.safeParse(/ses_[0-9a-z]+/.exec(text)?.[0]);
  return id.success ? id.data : (await api.acceptInvite(text)).sessionId;
}

/** What an error means for whoever called the program. */
export function stopOf(error: unknown): Stop {
  if (error instanceof Stop) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ApiError)) return new Stop(exits.failed, message);
  if (error.code === "unauthenticated") return new Stop(exits.notSignedIn, message);
  return new Stop(error.retryable ? exits.unreachable : exits.refused, message);
}
