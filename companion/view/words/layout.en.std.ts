/** What is said of the window's own layout, and of what this browser remembers. */
export const en = {
  split: "Width of the side panel",
  kept: "Mixer, devices and layout are remembered in this browser, and nowhere else.",
  forget: "Forget this session here",
};
export type LayoutWords = typeof en;
