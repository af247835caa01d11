/** The sheet of keys. */
export const en = {
  title: "Keys",
  close: "Close",
  list: [
    ["Space", "play or stop"],
    ["R", "record, or end the take"],
    ["Home", "to the beginning"],
    ["← →", "one bar back or on"],
    ["L", "loop from this bar on, or end the loop"],
    ["M", "marker here"],
    ["+ −", "closer, further away"],
    ["0", "all of the timeline"],
    ["C", "write in the chat"],
    ["N", "new note"],
    ["T", "hold to talk: everybody steps back"],
    ["X", "the take that was heard before: A/B"],
    ["F", "large, to read from two metres"],
    ["Esc", "out of a field or a menu: every key is the session's again"],
    ["?", "this sheet"],
  ] as readonly (readonly [string, string])[],
};
export type KeysWords = typeof en;
