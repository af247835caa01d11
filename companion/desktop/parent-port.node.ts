/**
 * The studio's way to the process that started it: Electron's `process.parentPort` in a utility process, and Node's own channel where it was
 * forked by Node. Ports for sound exist in Electron alone.
 */
import type { MessagePortMain } from "electron/main";
import type { ParentPort } from "electron/utility";

export interface SoundPort {
  postMessage(message: unknown): void;
  onMessage(listener: (data: unknown) => void): void;
}

export interface Parent {
  postMessage(message: unknown): void;
  onMessage(listener: (data: unknown, port: SoundPort | null) => void): void;
}

const soundPort = (port: MessagePortMain | undefined): SoundPort | null =>
  port === undefined
    ? null
    : {
        postMessage: (message) => port.postMessage(message),
        onMessage(listener) {
          port.on("message", ({ data }) => listener(data));
          port.start();
        },
      };

function ofElectron(port: ParentPort): Parent {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => port.on("message", ({ data, ports }) => listener(data, soundPort(ports[0]))),
  };
}

/** A process that Node forked hears and says what goes over a port as messages of this form. */
function ofNode(): Parent {
  // A studio without the app that started it would stay in the session with nobody to make it leave.
  process.on("disconnect", () => process.exit(1));
  let hear: ((data: unknown) => void) | undefined;
  const port: SoundPort = {
    postMessage: (message) => process.send?.({ port: message }),
    onMessage: (listener) => {
      hear = listener;
    },
  };
  return {
    postMessage: (message) => process.send?.(message),
    onMessage: (listener) =>
      process.on("message", (message) => {
        if (typeof message !== "object" || message === null || !("port" in message)) listener(message, port);
        else hear?.(message.port);
      }),
  };
}

const { parentPort: electronPort }: { parentPort?: ParentPort } = process;
export const parentPort: Parent = electronPort === undefined ? ofNode() : ofElectron(electronPort);
