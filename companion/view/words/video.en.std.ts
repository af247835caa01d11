/** What is said of pictures. */
import type { VideoTrouble } from "../view-video.dom.ts";

export const en = {
  label: "Pictures",
  turnOn: "Show my picture",
  turnOff: "Camera off",
  opening: "Asking for your camera…",
  own: "You",
  heldBack: "Your line is full: your picture gets smaller, and the sound keeps its room.",
  troubles: {
    denied: "This page may not use your camera. Allow it in the lock beside the address, then try again.",
    "no-camera": "No camera was found. Plug one in, then try again.",
    "in-use": "Another program has the camera. Close it there, then try again.",
    "camera-gone": "Your camera is gone, and your picture is off. Plug it in, then switch it on again.",
  } satisfies Record<VideoTrouble, string>,
};
export type VideoWords = typeof en;
