import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import type { Boot } from "./boot.std.ts";
import type { ViewInput } from "./model.std.ts";
import { ViewApi } from "./view-api.dom.ts";

const body = "0".repeat(26);
const boot = {
  sessionId: `ses_${body}` as SessionId,
  memberId: `mem_${body}` as MemberId,
  sessionName: "Night",
  role: "host",
  accents: {},
  language: "en",
  sessionHref: "/",
  sound: { lanesUrl: "", deviceUrl: "" },
} satisfies Boot;
const HOUR_MS = 3_600_000;

/** What is asked, and what is answered next; the last answer stands. */
let asked: string[];
let answers: (Response | Error)[];
let said: string[];
let over: string[];
let steps: ViewInput[];

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
const ticket = (offMs = 0) =>
  json(
    { ticket: "t", expiresAtMs: Date.now() + TICKET_LIFETIME_MS - offMs, roomPath: "/rooms/x", iceServers: [] },
    201,
  );
const newApi = (more: Partial<Boot> = {}) =>
  new ViewApi({
    boot: { ...boot, ...more },
    step: (input) => void steps.push(input),
    say: (code) => void said.push(code),
    onTakes: () => undefined,
    onOver: (code) => void over.push(code),
  });

beforeEach(() => {
  [asked, answers, said, over, steps] = [[], [], [], [], []];
  vi.stubGlobal("location", new URL("https://studio.example/sessions/x/room"));
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    asked.push(`${init.method} ${address.replace("/api/v1", "").replaceAll(body, "")}`);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (!(answer instanceof Response)) throw answer ?? new Error("Nothing was to be asked.");
    return answer.clone();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("X24: a computer whose clock is an hour off is told so, whichever way, and comes in all the same; one that is right is not", async () => {
  for (const [offMs, tells] of [
    [0, []],
    [HOUR_MS, ["clock-off"]],
    [-HOUR_MS, ["clock-off"]],
  ] as const) {
    said = [];
    answers = [ticket(offMs)];
    const entry = await newApi().enter(new AbortController().signal);
    expect(entry.url).toBe("wss://studio.example/rooms/x");
    expect(said).toEqual(tells);
  }
});

test("C1: a site that says there is no way in any more is believed; one that has trouble is asked again", async () => {
  const enter = () => newApi().enter(new AbortController().signal);
  for (const status of [401, 404, 503]) {
    answers = [json({}, status)];
    await expect(enter()).rejects.toThrow(String(status));
  }
  expect(over).toEqual(["unauthenticated", "removed"]);
});

test("P79, P83: a guest and a phone come in by ways of their own", async () => {
  answers = [ticket()];
  for (const more of [{}, { guest: true }, { phoneOf: "Ada" }] as const)
    await newApi(more).enter(new AbortController().signal);
  expect(asked).toEqual([
    "POST /sessions/ses_/tickets",
    "POST /sessions/ses_/guest/tickets",
    "POST /sessions/ses_/phone/tickets",
  ]);
});

test("C7: takes are read page by page; told again meanwhile, they are read once more and not twice", async () => {
  answers = [json({ items: [], nextCursor: "next" }), json({ items: [], nextCursor: null })];
  const api = newApi();
  const first = api.readTakes();
  void api.readTakes();
  void api.readTakes();
  await first;
  expect(asked.map((one) => one.split("?")[1])).toEqual(["limit=100", "limit=100&cursor=next", "limit=100"]);
  expect(steps).toEqual([
    { type: "takes", takes: [] },
    { type: "takes", takes: [] },
  ]);
});

test("a call that fails is said in the words of its code, and one that reaches nobody as such", async () => {
  const api = newApi();
  answers = [json({ type: "x", title: "x", status: 409, code: "conflict", requestId: "r" }, 409)];
  expect(await api.ask("POST", "/x")).toBe(null);
  answers = [new Response("<html>", { status: 502 })];
  expect(await api.ask("POST", "/x")).toBe(null);
  answers = [new TypeError("Failed to fetch")];
  expect(await api.ask("POST", "/x")).toBe(null);
  expect(said).toEqual(["conflict", "internal-error", "offline"]);
});
