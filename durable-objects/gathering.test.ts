import { describe, expect, test } from "vitest";
import { newMemberId, TestRoom } from "./testing/test-room.ts";

const chat = (text: string) => ({ kind: "chat", text }) as const;

/** A room whose moments pass only when the test says so. */
class SlowRoom extends TestRoom {
  #waiting: (() => void)[] = [];

  protected override after(_delayMs: number, run: () => void): void {
    this.#waiting.push(run);
  }

  goOn(): void {
    for (const run of this.#waiting.splice(0)) run();
  }
}

describe("gathering", () => {
  test("P68: what is written at once is told at once and then together, each line once and in order", () => {
    const room = new SlowRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    room.goOn();
    const before = ben.all("events").length;
    for (let at = 0; at < 5; at++) ada.post(chat(`line ${at}`));
    const told = () =>
      ben
        .all("events")
        .slice(before)
        .map(({ events }) => events.map(({ seq }) => seq));
    expect(told()).toEqual([[3]]);
    room.goOn();
    room.goOn();
    expect(told()).toEqual([[3], [4, 5, 6, 7]]);
  });

  test("P68: a command does not wait, and takes what waits before it along", () => {
    const room = new SlowRoom();
    const ada = room.join("host");
    room.goOn();
    for (const text of ["one", "two", "three"]) ada.post(chat(text));
    const event = ada.post({ kind: "transport", transport: { command: "play" } });
    expect(event).toMatchObject({ seq: 5 });
    expect(ada.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("P68, P6: whoever comes in meanwhile, and whoever asks again, is told each line once and in order", () => {
    const room = new SlowRoom();
    const ada = room.join("host");
    room.goOn();
    const eventId = crypto.randomUUID();
    ada.post(chat("one"));
    ada.post(chat("two"), eventId);
    const ben = room.join("participant", newMemberId());
    ada.post(chat("three"));
    ada.post(chat("four"));
    ada.post(chat("two"), eventId);
    room.goOn();
    expect(ben.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ada.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 3]);
  });

  test("P68: a room that goes to sleep for good has told what it logged", () => {
    const room = new SlowRoom();
    const [ada, ben] = [room.join("host"), room.join("observer")];
    room.goOn();
    for (const text of ["one", "two"]) ada.post(chat(text));
    room.room.stop();
    expect(ben.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});
