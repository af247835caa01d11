/** Keys of the session view as data, so that the sheet, the handler and the tests know the same. */
export type KeyAction =
  | "toggle-play"
  | "record"
  | "home"
  | "loop"
  | "marker"
  | "bar-back"
  | "bar-on"
  | "zoom-in"
  | "zoom-out"
  | "fit"
  | "chat"
  | "note"
  | "swap"
  | "far"
  | "leave"
  | "sheet";

const byKey: Record<string, KeyAction> = {
  " ": "toggle-play",
  r: "record",
  R: "record",
  Home: "home",
  l: "loop",
  L: "loop",
  m: "marker",
  M: "marker",
  ArrowLeft: "bar-back",
  ArrowRight: "bar-on",
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  "0": "fit",
  c: "chat",
  C: "chat",
  n: "note",
  N: "note",
  f: "far",
  F: "far",
  x: "swap",
  X: "swap",
  Escape: "leave",
  "?": "sheet",
};

export interface PressedKey {
  key: string;
  /** With Control, Alt or Meta a key is the browser's or the system's. */
  modified: boolean;
  /** Held down: play must not flutter. */
  repeat: boolean;
  /** What has the keyboard: text being written keeps every key but Escape, a control keeps those that work it. */
  focus: "text" | "choice" | "button" | "page";
}

/** What a key does here, or `null`: it is somebody else's. */
export function actionOf({ key, modified, repeat, focus }: PressedKey): KeyAction | null {
  const action = byKey[key] ?? null;
  if (action === "leave") return modified || repeat ? null : action;
  if (modified || focus === "text") return null;
  if (action === null) return null;
  // A button that the keyboard has reached is pressed by Space; a choice is worked by letters and arrows.
  if (focus === "button" && key === " ") return null;
  if (focus === "choice" && key !== "?") return null;
  if (repeat && action !== "bar-back" && action !== "bar-on" && action !== "zoom-in" && action !== "zoom-out")
    return null;
  return action;
}
