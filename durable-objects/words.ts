import type { MemberId } from "../protocol/ids.ts";
import type { LoggedEvent } from "../protocol/room.ts";
import type { WordKeys } from "./word-keys.ts";

/** What stands where a person's words were: a chat line may not be empty. */
export const BLANK = "…";

/** A line of the log as a row holds it: the event without what somebody wrote, and that by itself, sealed. */
export interface StoredLine {
  event: string;
  words: ArrayBuffer | null;
}

type Worded = Extract<LoggedEvent["body"], { text: string }>;
const isWorded = (body: LoggedEvent["body"]): body is Worded => "text" in body;

/** The line without its words. */
export const blankOf = (event: LoggedEvent, body: Worded): LoggedEvent => ({
  ...event,
  body: { ...body, text: body.kind === "chat" ? BLANK : "" },
});

/** What is stored of an event: as it is, or with its words sealed under their author's key. */
export function toStored(keys: WordKeys, event: LoggedEvent, json: string): StoredLine {
  const { body, from } = event;
  if (!isWorded(body) || from === undefined || body.text === "") return { event: json, words: null };
  return { event: JSON.stringify(blankOf(event, body)), words: keys.seal(from, body.text) };
}

/** A stored line as it is told. Of whoever's key is gone the words are gone. */
export function toTold(keys: WordKeys, { event, words }: StoredLine): string {
  if (words === null) return event;
  const line: LoggedEvent = JSON.parse(event);
  const { body, from } = line;
  const text = from === undefined ? null : keys.open(from as MemberId, words);
  return text === null || !isWorded(body) ? event : JSON.stringify({ ...line, body: { ...body, text } });
}
