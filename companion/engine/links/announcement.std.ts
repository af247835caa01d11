import { AnnouncedCommand } from "../../../protocol/room.ts";

/** A command that somebody has pressed, as the body of a packet of the lanes (P77): JSON in UTF-8. */
export const packAnnounced = (command: AnnouncedCommand): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(command));

/** `null`: whatever this is, nobody announces it. The packet's own size bounds it. */
export function readAnnounced(body: Uint8Array): AnnouncedCommand | null {
  try {
    return AnnouncedCommand.safeParse(JSON.parse(new TextDecoder().decode(body))).data ?? null;
  } catch {
    return null;
  }
}
