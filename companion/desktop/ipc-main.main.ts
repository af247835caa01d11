import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from "electron";
import {
  type Answer,
  type Ask,
  type AskName,
  askNames,
  asks,
  channelOf,
  type Said,
  type SayName,
  sayNames,
  says,
  type TellName,
  type Told,
  tells,
} from "./ipc.std.ts";
import { isOurs } from "./rules.std.ts";

export type AskHandlers = { [Name in AskName]: (question: Ask<Name>) => Promise<Answer<Name>> };
export type SayHandlers = { [Name in SayName]: (said: Said<Name>) => void };

/** Only the window's own page is heard: no frame inside it, and no page that is not ours. */
function isFromUs({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);
}

/** The main process's end of the map. What cannot be read is refused, and what is said in vain is not done. */
export function serveWindow(answers: AskHandlers, hears: SayHandlers): void {
  for (const name of askNames) serve(name, answers);
  for (const name of sayNames) listen(name, hears);
}

function serve<Name extends AskName>(name: Name, answers: AskHandlers): void {
  ipcMain.handle(channelOf.ask(name), async (event, question: unknown) => {
    if (!isFromUs(event)) throw new Error("Nobody else is answered.");
    const { ask, answer } = asks[name];
    return answer.parse(await answers[name](ask.parse(question)));
  });
}

function listen<Name extends SayName>(name: Name, hears: SayHandlers): void {
  ipcMain.on(channelOf.say(name), (event, said: unknown) => {
    const read = says[name].safeParse(said);
    if (isFromUs(event) && read.success) hears[name](read.data);
  });
}

export function tellWindow<Name extends TellName>(contents: WebContents, name: Name, told: Told<Name>): void {
  if (!contents.isDestroyed()) contents.send(channelOf.tell(name), tells[name].parse(told));
}
