/** What is connected by MIDI: a DAW, and a controller. */
import { Daw } from "./daw.dom.tsx";
import { MidiLearn } from "./midi-learn.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";

export function Midi(props: ViewProps) {
  return (
    <>
      <Daw {...props} />
      <MidiLearn />
    </>
  );
}
