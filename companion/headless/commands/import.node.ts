import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import WebSocket from "ws";
import * as z from "zod";
import { errorTitles } from "../../../protocol/error-titles.ts";
import { SessionId } from "../../../protocol/ids.ts";
import type { ApiClient } from "../../engine/api/api-client.std.ts";
import { type ImportRoom, importArchive, type Journal } from "../../engine/archive/import.std.ts";
import { machineNowMs } from "../../engine/clock/machine-clock.node.ts";
import { RoomClient } from "../../engine/room/room-client.std.ts";
import { ticketEntry } from "../../engine/room/ticket-entry.std.ts";
import { signedIn } from "../account.node.ts";
import { type Command, exits, Stop } from "../command.node.ts";

/** Enters a session's room for as long as something is to be brought there. */
function enterRoom(api: ApiClient, sessionId: SessionId): Promise<ImportRoom> {
  const waiting = new Map<string, PromiseWithResolvers<"logged" | "later">>();
  const { promise, resolve, reject } = Promise.withResolvers<ImportRoom>();
  const fail = (message: string) => {
    reject(new Error(message));
    for (const post of waiting.values()) post.reject(new Error(message));
  };
  const room = new RoomClient({
    enter: ticketEntry(api, sessionId),
    nowMs: machineNowMs,
    client: "headless/0.1",
    WebSocket,
    handlers: {
      onWelcome: () =>
        resolve({
          post: (eventId, body) => {
            const answer = Promise.withResolvers<"logged" | "later">();
            waiting.set(eventId, answer);
            room.post(eventId, body);
            return answer.promise;
          },
          leave: () => room.close(),
        }),
      onEvent: ({ eventId }) => waiting.get(eventId)?.resolve("logged"),
      onRefused: (eventId, code, message) => {
        if (code === "rate-limited") waiting.get(eventId)?.resolve("later");
        else waiting.get(eventId)?.reject(new Error(message ?? errorTitles[code]));
      },
      onWarning: (_, message, final) => {
        if (final) fail(message);
      },
      onMembers: () => undefined,
      onSignal: () => undefined,
      onRecordingsChanged: () => undefined,
      onRelays: () => undefined,
      onClock: () => undefined,
      onWaiting: () => fail("A host of that session has to let you in first."),
      onWaitingRoom: () => undefined,
      onMute: () => undefined,
    },
  });
  return promise;
}

const Kept = z.record(z.string(), z.object({ askedAtMs: z.number(), sessionId: SessionId.nullable() }));

/** Beside the archive: which session of it went where, for each instance that it was brought to. */
function journalAt(path: string): Journal {
  const kept: z.infer<typeof Kept> = existsSync(path) ? Kept.parse(JSON.parse(readFileSync(path, "utf8"))) : {};
  const put = (oldId: string, line: z.infer<typeof Kept>[string]) => {
    kept[oldId] = line;
    writeFileSync(`${path}.new`, JSON.stringify(kept, null, 1));
    renameSync(`${path}.new`, path);
  };
  return {
    sessionOf: (oldId) => kept[oldId]?.sessionId ?? null,
    askedAtMs: (oldId) => kept[oldId]?.askedAtMs ?? null,
    ask: (oldId, askedAtMs) => put(oldId, { askedAtMs, sessionId: null }),
    keep: (oldId, sessionId) => put(oldId, { askedAtMs: kept[oldId]?.askedAtMs ?? Date.now(), sessionId }),
    get kept() {
      return Object.values(kept).flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));
    },
  };
}

export const bring: Command = {
  name: "import",
  summary:
    "Brings what is yours in a copy of your data to this instance: profile, notes, chat, takes. May be repeated.",
  arguments: ["ARCHIVE"],
  flags: {},
  async run(run) {
    const path = run.argument(0) ?? "";
    if (!existsSync(path)) throw new Stop(exits.usage, `There is no file ${path}.`);
    const api = await signedIn(run);
    const file = await open(path);
    try {
      const imported = await importArchive({
        sizeBytes: (await file.stat()).size,
        read: async (from, length) => {
          const bytes = new Uint8Array(length);
          const { bytesRead } = await file.read(bytes, 0, length, from);
          return bytes.subarray(0, bytesRead);
        },
        api,
        enter: (sessionId) => enterRoom(api, sessionId),
        journal: journalAt(`${path}.${new URL(api.socketUrl("/")).host}.json`),
        nowMs: Date.now,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        say: (line) => run.screen.say(line),
      });
      const { sessions, notes, lines, takes, known, left } = imported;
      run.screen.answer(imported, [
        `${sessions} sessions, ${notes} notes, ${lines} lines of chat, ${takes} takes; ${known} takes were there before.`,
        ...left.map(({ name, why }) => `left: ${name}: ${why}`),
      ]);
      return left.length === 0 ? exits.done : exits.refused;
    } finally {
      await file.close();
    }
  },
};
