/** What is said of one's own phone where it is none yet, and where it is here. */
export const en = {
  label: "Phone",
  note: "Your phone as a remote control, a key to talk, or a second camera.",
  open: "Connect a phone",
  here: "Your phone is connected.",
  sendAway: "Send it away",
};
export type PhoneLinkWords = typeof en;
