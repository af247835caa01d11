/** What is said of one's own recording. */
import { sharingWording } from "../../../protocol/consent.ts";
import type { UploadState } from "../../engine/upload/upload-progress.std.ts";

export const en = {
  label: "Your recording",
  arm: "Arm",
  armed: "Armed",
  armNote: "What you play is recorded when the session records. It stays in this browser until you share it.",
  disk: {
    none: "This browser keeps no files here, so nothing of yours is recorded: everybody hears you all the same. Open the page in an ordinary window, or use the companion app.",
    full: "There is no room left in this browser, so nothing more of yours is recorded: everybody hears you all the same. Save your takes and delete them here, or make room on this computer.",
    again: "There is room now",
  },
  inputName: "Name of your input",
  inputDefault: "Input",
  preRoll: "Before record",
  seconds: (seconds: number) => (seconds === 0 ? "nothing" : `${seconds} s kept`),
  shareAsIRecord: "Share as I record",
  guest:
    "You are a guest: what you record stays in this browser. Save the file to pass it on, or open an account to share takes here.",
  here: "in this browser",
  onItsWay: (percent: number, left: string) => (left === "" ? `${percent} %` : `${percent} %, ${left} left`),
  states: {
    uploading: "on its way",
    paused: "paused",
    waiting: "waiting for the network",
    stalled: "nothing gets through just now",
    complete: "shared",
    withdrawn: "taken back",
    failed: "not shared",
  } satisfies Record<UploadState, string>,
  repaired: "mended after the page had gone",
  share: "Share",
  pause: "Pause",
  resume: "Go on",
  takeBack: "Take back",
  save: "Save file",
  shareTitle: "Share with everybody in the session?",
  shareText: sharingWording.en,
  takeBackTitle: "Take it back?",
  takeBackText:
    "It goes from our servers at once. Copies that others have fetched are theirs. Yours stays in this browser.",
  forget: "Delete here",
  forgetTitle: "Delete it from this browser?",
  forgetText: (isShared: boolean): string =>
    isShared
      ? "It goes from this browser. What you have shared stays with the session."
      : "It is nowhere else: once it is gone from this browser, it is gone.",
  cancel: "Cancel",
  progress: (name: string) => `How far ${name} is shared`,
};
export type RecordWords = typeof en;
