import * as z from "zod";

export const roles = ["host", "participant", "observer"] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/**
 * The one permission table (promise C1): what each role may do in a session, in the room and in the API alike.
 * `record` additionally needs the host's recording permission for the session (promise C6).
 */
export const permissions = {
  "session.read": ["host", "participant", "observer"],
  "session.delete": ["host"],
  "session.invite": ["host"],
  "settings.set": ["host"],
  "role.set": ["host"],
  "member.remove": ["host"],
  "admission.set": ["host"],
  "member.admit": ["host"],
  "member.kick": ["host"],
  "member.mute": ["host"],
  "session.end": ["host"],
  "broadcast.set": ["host"],
  "transport.command": ["host", "participant"],
  "timeline.edit": ["host", "participant"],
  "chat.post": ["host", "participant", "observer"],
  "note.write": ["host", "participant"],
  "audio.send": ["host", "participant"],
  "audio.receive": ["host", "participant", "observer"],
  "video.send": ["host", "participant"],
  record: ["host", "participant"],
  "recording.share": ["host", "participant"],
  "recording.download": ["host", "participant"],
  /** Anybody's: their own they may take away whatever they are now. */
  "recording.remove": ["host"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

export function may(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}
