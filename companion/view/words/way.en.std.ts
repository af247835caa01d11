/** What is said of the driver path that a person's sound takes. */
export const en = {
  path: {
    windows: [
      "Windows shared mode",
      "choose the smallest buffer in your interface’s own panel, and no sound enhancements",
    ],
    mac: ["Core Audio", "choose the same interface for input and output"],
    linux: ["The system’s sound server", "choose a quantum of 128 frames (PipeWire: clock.force-quantum)"],
    mobile: ["A phone’s own mixer", "choose headphones on a cable, or a computer with an interface"],
    bluetooth: ["Bluetooth", "choose headphones on a cable: nobody can play along over a radio"],
    other: ["Your system’s own mixer", "choose an interface, and the smallest buffer that it has"],
  },
  told: (ms: string) => `+ ${ms} ms, as the system tells it`,
  measured: (ms: string, error: string) => `+ ${ms} ± ${error} ms, measured`,
  unknown: "How much later that makes everything is here once the sound is on, or once you have checked it.",
};
export type WayWords = {
  [Key in keyof typeof en]: Key extends "path"
    ? Record<keyof (typeof en)["path"], readonly string[]>
    : (typeof en)[Key];
};
