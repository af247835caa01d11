import type { RtMidi } from "./rtmidi-port.node.ts";

/** The fake beside the adapter: a system of MIDI ports in which somebody may pull a cable (`there`), or another program may sit on every port. */
export class FakeSystem {
  readonly there: string[];
  readonly sent: number[][] = [];
  /** Both ends of a port are opened, so each port stands here twice. */
  readonly opened: string[] = [];
  readonly rtMidi: RtMidi;
  isTaken = false;
  #listener: (deltaTime: number, bytes: Uint8Array) => void = () => undefined;

  constructor(...there: string[]) {
    this.there = there;
    const system = this;
    class End {
      getPortCount = () => there.length;
      getPortName = (port: number) => there[port] ?? "";
      openPort(port: number) {
        if (system.isTaken) throw new Error("MidiInWinMM::openPort: error creating port");
        system.opened.push(there[port] ?? "");
      }
      openVirtualPort(name: string) {
        system.opened.push(name);
        if (!there.includes(name)) there.push(name);
      }
      closePort = () => undefined;
    }
    this.rtMidi = {
      Input: class extends End {
        ignoreTypes = () => undefined;
        on(_: string, listener: (deltaTime: number, bytes: Uint8Array) => void) {
          system.#listener = listener;
        }
      },
      Output: class extends End {
        #name = "";
        override openPort(port: number) {
          super.openPort(port);
          this.#name = there[port] ?? "";
        }
        override openVirtualPort(name: string) {
          super.openVirtualPort(name);
          this.#name = name;
        }
        sendMessage(message: number[] | Uint8Array) {
          if (!there.includes(this.#name)) throw new Error("no port");
          system.sent.push([...message]);
        }
      },
    };
  }

  /** What comes in at whichever port is open. */
  hear(...bytes: number[]): void {
    this.#listener(0, Uint8Array.from(bytes));
  }
}
