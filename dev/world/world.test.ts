import { expect, test } from "vitest";
import { Message, PutProfile } from "../../protocol/hub.ts";
import { RecordingName } from "../../protocol/recordings.ts";
import { PostBody } from "../../protocol/room.ts";
import { SessionName } from "../../protocol/sessions.ts";
import { openDoor } from "../door.ts";
import { band, messages, musicians, sessions } from "./cast.ts";
import { LOOP_BARS, LOOP_FRAMES, playPart } from "./instruments.ts";

test("the seeded world is one that the product takes", () => {
  const people = new Set(musicians.map(({ key }) => key));
  for (const { profile } of musicians) expect(PutProfile.safeParse(profile).success).toBe(true);
  for (const { name, host, members, stems, posts } of sessions) {
    expect(SessionName.safeParse(name).success).toBe(true);
    const here = new Set([host, ...members.map(({ who }) => who)]);
    expect([...here].filter((who) => !people.has(who))).toEqual([]);
    for (const { by, name: stem, fromBar, bars } of stems) {
      expect(here.has(by)).toBe(true);
      expect(RecordingName.safeParse(stem).success).toBe(true);
      expect(fromBar + bars - 1).toBeLessThanOrEqual(LOOP_BARS);
    }
    for (const { who, body } of posts) {
      expect(here.has(who)).toBe(true);
      expect(PostBody.safeParse(body).success).toBe(true);
    }
  }
  for (const { who } of band) expect(people.has(who)).toBe(true);
  for (const { from, to, text } of messages) {
    expect([people.has(from), people.has(to)]).toEqual([true, true]);
    expect(Message.safeParse({ text }).success).toBe(true);
  }
});

test("a part is as long as the loop, loud enough to be seen, and goes round without a click", () => {
  const loop = playPart("bass");
  expect(loop.length).toBe(LOOP_FRAMES);
  let [peak, step] = [0, 0];
  for (let at = 1; at < loop.length; at++) {
    peak = Math.max(peak, Math.abs(loop[at] ?? 0));
    step = Math.max(step, Math.abs((loop[at] ?? 0) - (loop[at - 1] ?? 0)));
  }
  expect(peak).toBeGreaterThan(0.2);
  expect(peak).toBeLessThanOrEqual(1);
  expect(Math.abs((loop[0] ?? 0) - (loop.at(-1) ?? 0))).toBeLessThanOrEqual(step);
});

test("A7: the door signs in who has its key, and nobody by another name", async () => {
  const door = await openDoor({ token: "a-token", to: "http://localhost:1/there" });
  try {
    const open = await fetch(door.address, { redirect: "manual" });
    expect(open.status).toBe(303);
    expect(open.headers.get("Location")).toBe("http://localhost:1/there");
    expect(open.headers.get("Set-Cookie")).toMatch(/^__Host-session=a-token; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    const { origin, port } = new URL(door.address);
    expect((await fetch(`${origin}/`, { redirect: "manual" })).status).toBe(404);
    const byAddress = door.address.replace("localhost", "127.0.0.1");
    expect((await fetch(byAddress, { redirect: "manual" })).status, port).toBe(404);
  } finally {
    await door.stop();
  }
});
