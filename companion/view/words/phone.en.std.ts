/** What is said of a phone as a remote control: on the screen that shows its code, and on the phone. */
export const en = {
  title: "Connect your phone",
  scan: "Point your phone’s camera at this code and open the link.",
  code: "A code that opens the link on your phone",
  once: "It connects one phone, once, within five minutes. Show it to nobody else.",
  failed: "No code could be made. Try again.",
  again: "Make a new code",
  close: "Close",
  home: "To the beginning",
  back: "A bar back",
  on: "A bar on",
  places: "Places",
  talk: {
    label: "Talk",
    turnOn: "Switch the microphone on",
    opening: "Asking for your microphone…",
    hold: "Hold to talk",
    talking: "Everybody hears you",
    note: "They hear you only while you hold. Nothing is played here, so that nobody hears themselves.",
    turnOff: "Microphone off",
  },
  camera: {
    label: "Camera",
    which: "Which camera",
    environment: "At the back",
    user: "At the front",
  },
  over: {
    title: "This phone is not connected any more",
    text: "It was sent away, or another phone took its place. Show a new code in the session on your computer: “Phone”.",
  },
};
export type PhoneWords = typeof en;
