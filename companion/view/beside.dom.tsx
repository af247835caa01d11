/** What every visit needs beside what is drawn first: one script, since each is a request that a cold visit waits for. */

export { AtTheDoor, Door } from "./host.dom.tsx";
export { HostMenu } from "./host-acts.dom.tsx";
export { Keyboard } from "./keyboard.dom.tsx";
export { Kept, Split } from "./layout.dom.tsx";
export { Midi } from "./midi.dom.tsx";
export { PhoneLink } from "./phone-link.dom.tsx";
export { Path, SoundOn, Strip } from "./sound-on.dom.tsx";
export { Video } from "./video.dom.tsx";
