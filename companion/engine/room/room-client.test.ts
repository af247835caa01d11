import { describe, expect, test, vi } from "vitest";
import { errorTitles } from "../../../protocol/error-titles.ts";
import { errors } from "../../../protocol/errors.ts";
import { TURN_RENEWAL_MS, TURN_RETRY_MS } from "../../../protocol/limits.ts";
import {
  ClientMessage,
  type IceServer,
  idleStatus,
  type LoggedEvent,
  type RoomMessage,
} from "../../../protocol/room.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { initialTransport } from "../../../protocol/transport.ts";
import { SUBPROTOCOL } from "../../../protocol/version.ts";
import { RoomClient, type RoomClientOptions, type RoomHandlers } from "./room-client.std.ts";

const PATIENCE = { timeout: 120_000, interval: 5 };
const memberId = `mem_${"a".repeat(26)}` as const;
const sessionId = `ses_${"a".repeat(26)}` as const;

/** A socket in memory: what the client does with it, and what the room says to it. */
class Socket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static all: Socket[] = [];
  /** Nothing arrives: neither a connection, nor what is sent on one. */
  static isDark = false;
  readyState = Socket.CONNECTING;
  binaryType = "blob";
  bufferedAmount = 0;
  extensions = "";
  isIn = false;
  readonly said: ClientMessage[] = [];
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string | string[]) {
    super();
    this.url = url;
    this.protocols = [protocols].flat();
    Socket.all.push(this);
    queueMicrotask(() => {
      if (Socket.isDark) return;
      this.readyState = Socket.OPEN;
      this.dispatchEvent(new Event("open"));
    });
  }

  get protocol(): string {
    return SUBPROTOCOL;
  }

  send(text: string): void {
    if (this.readyState !== Socket.OPEN) throw new Error("Nothing is sent through a closed socket.");
    this.said.push(ClientMessage.parse(JSON.parse(text)));
  }

  close(code = 1000): void {
    if (this.readyState === Socket.CLOSED) return;
    this.readyState = Socket.CLOSED;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "", wasClean: true }));
  }

  tell(message: RoomMessage | Record<string, unknown>): void {
    if (Socket.isDark) return;
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }

  welcome(headSeq = 0): void {
    this.isIn = !Socket.isDark;
    this.tell({
      type: "welcome",
      protocolVersion: 1,
      sessionId,
      memberId,
      role: "host",
      members: [],
      transport: initialTransport,
      timeline: initialMap,
      settings: { recordingPermitted: true },
      admission: "open",
      recordingOn: false,
      headSeq,
      roomTimeMs: 1_000,
    });
  }

  of<Type extends ClientMessage["type"]>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    return this.said.filter((message): message is Extract<ClientMessage, { type: Type }> => message.type === type);
  }
}

const relay: IceServer = { urls: ["turn:relay.test:3478"], username: "u", credential: "c" };

const chat = (seq: number): LoggedEvent => ({
  seq,
  eventId: crypto.randomUUID(),
  from: memberId,
  atMs: seq,
  body: { kind: "chat", text: `${seq}` },
});

function enter(relays: IceServer[] = [relay], more: Partial<RoomClientOptions> = {}) {
  Socket.all = [];
  const handlers = {
    onWelcome: vi.fn(),
    onEvent: vi.fn<RoomHandlers["onEvent"]>(),
    onMembers: vi.fn(),
    onSignal: vi.fn(),
    onRecordingsChanged: vi.fn(),
    onRelays: vi.fn<RoomHandlers["onRelays"]>(),
    onRefused: vi.fn(),
    onWarning: vi.fn(),
    onClock: vi.fn(),
    onWaiting: vi.fn(),
    onWaitingRoom: vi.fn<RoomHandlers["onWaitingRoom"]>(),
    onMute: vi.fn<RoomHandlers["onMute"]>(),
  };
  let tickets = 0;
  let nowMs = 0;
  const client = new RoomClient({
    enter: async () => ({ url: "ws://room.test/", ticket: `ticket-${++tickets}`, iceServers: relays }),
    handlers,
    nowMs: () => nowMs,
    client: "test",
    WebSocket: Socket,
    ...more,
  });
  const socket = async (number = 1) => {
    await vi.waitFor(() => expect(Socket.all[number - 1]?.of("hello")).toHaveLength(1), PATIENCE);
    return Socket.all[number - 1] as Socket;
  };
  const seqs = () => handlers.onEvent.mock.calls.map(([{ seq }]) => seq);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { client, handlers, socket, seqs, pass };
}

describe("a companion's end of the room's socket", () => {
  test("C2: asks for the way in at once, and once: a page is drawn meanwhile", async () => {
    const asked = vi.fn(async () => ({ url: "ws://room.test/", ticket: "ticket", iceServers: [relay] }));
    const { client, socket } = enter([relay], { enter: asked });
    expect(asked).toHaveBeenCalledTimes(1);
    await socket();
    expect(asked).toHaveBeenCalledTimes(1);
    client.close();
  });

  test("P6, X12: resumes by number after a loss, and hands each line on once, in order", async () => {
    const { client, socket, seqs } = enter();
    const first = await socket();
    first.welcome(3);
    first.tell({ type: "events", events: [chat(1), chat(2)] });
    first.tell({ type: "events", events: [chat(2), chat(3)], ack: true });
    expect(first.of("ack")).toEqual([{ type: "ack", seq: 3 }]);
    first.close(1006);
    const second = await socket(2);
    expect(second.of("hello")).toMatchObject([{ lastSeq: 3 }]);
    second.welcome(4);
    second.tell({ type: "events", events: [chat(4)] });
    expect(seqs()).toEqual([1, 2, 3, 4]);
    client.close();
  });

  describe("a network that is gone", () => {
    const [ticket, isGone] = [
      { url: "ws://room.test/", ticket: "ticket", iceServers: [relay] },
      "The network is gone.",
    ];
    const intoTheDark = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    /** Everything that is told is answered, while anything arrives. */
    const answerAll = () => {
      for (const socket of Socket.all) {
        if (socket.of("hello").length > 0 && !socket.isIn) socket.welcome();
        const ping = socket.of("ping").at(-1);
        if (ping !== undefined) socket.tell({ type: "pong", sentAtMs: ping.sentAtMs, roomTimeMs: 1 });
      }
    };
    const passTime = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        await vi.advanceTimersByTimeAsync(50);
        answerAll();
      }
    };

    test.each([
      { forMs: 5_000, says: "nothing", ask: intoTheDark },
      { forMs: 25_000, says: "nothing", ask: intoTheDark },
      { forMs: 84_000, says: "nothing", ask: intoTheDark },
      { forMs: 84_000, says: "that it is gone", ask: () => Promise.reject(new Error(isGone)) },
    ])("X12: for $forMs ms, and says $says: two seconds after it is back the room is too", async ({ forMs, ask }) => {
      vi.useFakeTimers();
      try {
        const { client } = enter([], {
          enter: async (signal) => (Socket.isDark ? ask(signal) : ticket),
          nowMs: () => performance.now(),
        });
        await passTime(1_000);
        expect(client.isIn).toBe(true);
        Socket.isDark = true;
        await passTime(forMs);
        Socket.isDark = false;
        await passTime(2_000);
        expect(client.isIn).toBe(true);
        expect(Socket.all.at(-1)?.isIn).toBe(true);
        client.close();
        expect(vi.getTimerCount()).toBe(0);
      } finally {
        Socket.isDark = false;
        vi.useRealTimers();
      }
    });

    test("X12: where a lane is heard again a quiet socket is given up at once, and a lively one stays", async () => {
      let nowMs = 0;
      const { client, socket } = enter([], { nowMs: () => nowMs });
      (await socket()).welcome();
      client.hurry();
      expect(client.isIn).toBe(true);
      nowMs += 2_000;
      client.hurry();
      expect(client.isIn).toBe(false);
      (await socket(2)).welcome();
      expect(client.isIn).toBe(true);
      client.close();
    });

    test("X12: what the system says of it is believed at once", async () => {
      const network = new EventTarget();
      const { client, handlers, socket } = enter([], { network });
      (await socket()).welcome();
      expect(client.isIn).toBe(true);
      network.dispatchEvent(new Event("offline"));
      expect(client.isIn).toBe(false);
      expect(handlers.onWarning).toHaveBeenCalledWith("disconnected", expect.any(String), false);
      (await socket(2)).welcome();
      expect(client.isIn).toBe(true);
      client.close();
    });
  });

  test("P54, P60: at the door it says so, pings, and comes in when it is let in; P59: a wish to be muted is handed on", async () => {
    const { client, handlers, socket } = enter();
    const first = await socket();
    first.tell({ type: "waiting" });
    expect(handlers.onWaiting).toHaveBeenCalledOnce();
    expect(first.of("ping")).toHaveLength(1);
    expect(handlers.onWelcome).not.toHaveBeenCalled();
    client.askToMute(memberId);
    expect(first.of("mute")).toEqual([]);
    first.welcome();
    const members = [{ memberId, displayName: "Ben", role: "participant" } as const];
    first.tell({ type: "waiting-room", members });
    expect(handlers.onWaitingRoom).toHaveBeenLastCalledWith(members);
    first.tell({ type: "mute", from: memberId });
    expect(handlers.onMute).toHaveBeenCalledWith(memberId);
    client.askToMute(memberId);
    expect(first.of("mute")).toEqual([{ type: "mute", to: memberId }]);
    client.close();
  });

  test("P6: a log that is shorter than the client's copy is another one, and is read from its beginning", async () => {
    const { client, socket, seqs } = enter();
    const first = await socket();
    first.welcome(2);
    first.tell({ type: "events", events: [chat(1), chat(2)] });
    first.close(1012);
    const second = await socket(2);
    second.welcome(1);
    second.tell({ type: "events", events: [chat(1)] });
    expect(seqs()).toEqual([1, 2, 1]);
    client.close();
  });

  test("P11, P39: nothing is queued while offline; what was not answered goes again under its id, with a new ticket", async () => {
    const { client, handlers, socket } = enter();
    const [answered, kept, refused] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const body = { kind: "chat", text: "once" } as const;
    client.post(answered, body);
    const first = await socket();
    expect(first.protocols).toEqual([SUBPROTOCOL, "ticket-1"]);
    expect(first.of("post")).toEqual([]);
    first.welcome();
    client.post(kept, body);
    client.post(refused, body);
    expect(first.of("post").map(({ eventId }) => eventId)).toEqual([answered, kept, refused]);
    first.tell({ type: "events", events: [{ ...chat(1), eventId: answered }] });
    first.tell({ type: "refused", eventId: refused, code: "forbidden", message: "No." });
    expect(handlers.onRefused).toHaveBeenCalledWith(refused, "forbidden", "No.");
    first.close(1006);
    const second = await socket(2);
    expect(second.protocols).toEqual([SUBPROTOCOL, "ticket-2"]);
    second.welcome(1);
    expect(second.of("post").map(({ eventId }) => eventId)).toEqual([kept]);
    client.close();
  });

  test("P61: relays come with the ticket, and others are asked for over the socket long before they run out", async () => {
    vi.useFakeTimers();
    try {
      const { client, handlers, socket } = enter();
      const first = await socket();
      first.welcome();
      expect(handlers.onRelays.mock.calls).toEqual([[[relay]]]);
      const renewed = { ...relay, username: "renewed" };
      for (let asked = 1; asked <= 3; asked++) {
        await vi.advanceTimersByTimeAsync(TURN_RENEWAL_MS - 1_000);
        expect(first.of("relays")).toHaveLength(asked - 1);
        await vi.advanceTimersByTimeAsync(2_000);
        expect(first.of("relays")).toHaveLength(asked);
        first.tell({ type: "relays", iceServers: [renewed], expiresAtMs: 0 });
        expect(handlers.onRelays).toHaveBeenLastCalledWith([renewed]);
      }
      client.close();
      await vi.advanceTimersByTimeAsync(2 * TURN_RENEWAL_MS);
      expect(first.of("relays")).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  test("P61: no relays are said, whether by the ticket or by the room, and asked for until there are some", async () => {
    vi.useFakeTimers();
    try {
      const { client, handlers, socket } = enter([]);
      const first = await socket();
      first.welcome();
      expect(handlers.onRelays.mock.calls).toEqual([[[]]]);
      await vi.advanceTimersByTimeAsync(TURN_RETRY_MS);
      expect(first.of("relays")).toHaveLength(1);
      first.tell({ type: "error", code: "relay-unavailable", message: "None." });
      expect(handlers.onRelays.mock.calls).toEqual([[[]], [[]]]);
      expect(handlers.onWarning).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(TURN_RETRY_MS);
      expect(first.of("relays")).toHaveLength(2);
      first.tell({ type: "relays", iceServers: [relay], expiresAtMs: 0 });
      expect(handlers.onRelays).toHaveBeenLastCalledWith([relay]);
      client.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("P30: that a signal came too late for somebody who has left is no warning to a person", async () => {
    const { handlers, client, socket } = enter();
    const first = await socket();
    first.welcome();
    first.tell({ type: "error", code: "member-absent", message: "That member is not connected." });
    first.tell({ type: "recordings-changed" });
    expect(handlers.onRecordingsChanged).toHaveBeenCalledTimes(1);
    expect(handlers.onWarning).not.toHaveBeenCalled();
    client.close();
  });

  test("P5, X14: a message of a later version is passed over", async () => {
    const { client, handlers, socket, seqs } = enter();
    const first = await socket();
    first.welcome();
    first.tell({ type: "a-message-of-tomorrow", nested: {} });
    first.tell({ type: "events", events: [chat(1)], more: true });
    expect(seqs()).toEqual([1]);
    expect(handlers.onWarning).not.toHaveBeenCalled();
    client.close();
  });

  test("P5, X14: a line of a later version inside a batch is passed over, the others are read, and none is asked for again", async () => {
    const { client, socket, seqs } = enter();
    const first = await socket();
    first.welcome();
    const later = { ...chat(2), body: { kind: "a-line-of-tomorrow" } };
    first.tell({ type: "events", events: [chat(1), later, chat(3), { ...later, seq: 4 }], ack: true });
    expect(seqs()).toEqual([1, 3]);
    expect(first.of("ack")).toEqual([{ type: "ack", seq: 4 }]);
    first.close(1006);
    const second = await socket(2);
    expect(second.of("hello")).toMatchObject([{ lastSeq: 4 }]);
    client.close();
  });

  test("P18, P37: each ping brings back the last pong and how long it was held", async () => {
    const { client, handlers, socket, pass } = enter();
    const first = await socket();
    first.welcome();
    expect(first.of("ping")).toEqual([{ type: "ping", sentAtMs: 0 }]);
    pass(40);
    first.tell({ type: "pong", sentAtMs: 0, roomTimeMs: 7_000 });
    expect(handlers.onClock).toHaveBeenCalledWith({ sentLocalMs: 0, receivedLocalMs: 40, roomTimeMs: 7_000 });
    pass(25);
    await vi.waitFor(() => expect(first.of("ping").length).toBeGreaterThan(1), PATIENCE);
    expect(first.of("ping")[1]).toEqual({ type: "ping", sentAtMs: 65, pong: { roomTimeMs: 7_000, heldMs: 25 } });
    client.close();
  });

  test.each(["replaced", "removed", "kicked", "session-locked", "session-ended", "session-closed"] as const)(
    "P7, P14, P36, P54: told %s, it says so and does not come back by itself",
    async (code) => {
      const { handlers, socket } = enter();
      const first = await socket();
      first.welcome();
      first.tell({ type: "error", code, message: errorTitles[code] });
      first.close(errors[code].close);
      expect(handlers.onWarning.mock.calls).toEqual([[code, errorTitles[code], true]]);
      expect(Socket.all).toHaveLength(1);
    },
  );

  test("P29: what a person shows is shown again after a loss", async () => {
    const { client, socket } = enter();
    client.setStatus({ ...idleStatus, micLive: true });
    const first = await socket();
    first.welcome();
    expect(first.of("status")).toMatchObject([{ status: { micLive: true } }]);
    first.close(1001);
    const second = await socket(2);
    second.welcome();
    expect(second.of("status")).toHaveLength(1);
    client.close();
  });
});
