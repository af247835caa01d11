import {
  type Ask,
  type AskName,
  asks,
  type Bridge,
  channelOf,
  type SayName,
  says,
  type TellName,
  type Told,
  tells,
} from "./ipc.std.ts";

/** The part of Electron's `ipcRenderer` that the bridge is made of. */
export interface RendererIpc {
  invoke(channel: string, value: unknown): Promise<unknown>;
  send(channel: string, value: unknown): void;
  on(channel: string, listener: (event: unknown, value: unknown) => void): unknown;
  removeAllListeners(channel: string): unknown;
}

/** The window's end of the map. A page that says what the map does not know hears of it at once; what it is told has been read. */
export function newBridge(ipc: RendererIpc): Bridge {
  return {
    async ask<Name extends AskName>(name: Name, question: Ask<Name>) {
      const { ask, answer } = asks[name];
      return answer.parse(await ipc.invoke(channelOf.ask(name), ask.parse(question)));
    },
    say: (name: SayName, said) => ipc.send(channelOf.say(name), says[name].parse(said)),
    onTold<Name extends TellName>(name: Name, listener: (told: Told<Name>) => void) {
      const channel = channelOf.tell(name);
      ipc.removeAllListeners(channel);
      ipc.on(channel, (_event, value) => {
        const told = tells[name].safeParse(value);
        if (told.success) listener(told.data);
      });
    },
  };
}
