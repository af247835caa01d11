/** What a person is told in passing. */
import type { ErrorCode } from "../../../protocol/errors.ts";

export const en = {
  close: "Close",
  said: {
    offline: "The room cannot be reached just now, so nothing was sent. The connection comes back by itself.",
    copied: "Copied.",
    "clock-off":
      "This computer's clock is wrong by minutes or more. Nothing in the session goes by it, but files are dated by it: let the system set its time by itself.",
    "mute-asked": "The host asks you to mute: nobody hears you now. Unmute whenever you like.",
    "mute-sent": "Asked. Only they can mute themselves.",
    "left-alone": "Nothing was changed.",
    "no-playback": "This browser cannot play takes back. Load the page in a current one.",
    "other-device":
      "The device you chose last time is not here: your system's own is used. Choose another one if that is wrong.",
    forgotten: "Forgotten. Your mix, your delay and your layout are the page's own again next time.",
    "nothing-armed": "Recording, and nothing of yours is armed.",
    dropout: "Your device left a moment out. Silence stands for it, and what follows is in time.",
    device: "Your device has gone, and the take ends there. What was played until then is safe.",
    slept: "This machine was asleep. The take ends where it fell asleep; what was played until then is safe.",
    recorder: "The take could not be written on. What was recorded until now is safe; make room in this browser.",
    "disk-low": "There is little room left in this browser. Save or share what you have; nothing is lost yet.",
    "clock-set": "This machine's clock was set. Takes count frames and stay in place.",
    share: "A take was not shared. It is still here: try again in the list of takes.",
  },
  problems: {
    forbidden: "Your role in this session does not allow this.",
    "recording-off": "The host has switched recording off for this session.",
    "rate-limited": "That was a lot at once. Wait a moment.",
    "relay-unavailable": "No relay for sound can be reached just now. We keep trying.",
    "log-full": "This session's log is full. Begin a new session.",
    "note-changed": "Somebody has changed this note meanwhile: both texts stand there, choose.",
    "notes-full": "This session has as many notes as it can hold.",
    conflict: "A session needs a host: hand that role over first.",
    other: "That did not work. Nothing was lost; try again in a moment.",
  } as Partial<Record<ErrorCode, string>> & { other: string },
};
export type ToastWords = typeof en;
