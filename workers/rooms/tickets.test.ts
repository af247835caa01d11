import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.ts";
import { TICKET_LIFETIME_MS, TURN_CREDENTIAL_LIFETIME_MS, TURN_RENEWAL_MS } from "../../protocol/limits.ts";
import type { TicketClaims } from "../../protocol/ticket.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { newMember } from "../testing/room-client.ts";
import { signTicket, verifyTicket } from "./tickets.ts";
import { fromSecret, relaysOf } from "./turn.ts";

const NOW_MS = 1_800_000_000_000;
const id = (kind: string, letter: string) => `${kind}_${letter.repeat(26)}`;
const claims = {
  ticketId: "t".repeat(26),
  sessionId: id("ses", "a"),
  memberId: id("mem", "b"),
  accountId: id("acc", "c"),
  displayName: "Zoë Ångström 🎷",
  role: "participant",
  recordingPermitted: true,
  decision: 3,
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + TICKET_LIFETIME_MS,
} as TicketClaims;
const verify = (ticket: string | undefined, nowMs = NOW_MS + 1, sessionId: string = claims.sessionId, using = env) =>
  verifyTicket(using, ticket, sessionId, nowMs);

describe("join tickets", () => {
  test("P1: a genuine one gives back the claims it was made of, in token characters only", async () => {
    const ticket = await signTicket(env, claims);
    expect(ticket).toMatch(/^[\w.-]+$/);
    expect(await verify(ticket)).toEqual({ ok: true, value: claims });
  });

  test("P3: missing, malformed, forged, foreign, expired and early ones are told apart", async () => {
    const ticket = await signTicket(env, claims);
    const reason = async (verdict: ReturnType<typeof verify>) => {
      const { ok, ...rest } = await verdict;
      return ok ? "ok" : "reason" in rest ? rest.reason : "";
    };
    expect(await reason(verify(undefined))).toBe("missing");
    for (const bad of ["x", ".", `${ticket}.x`, `.${ticket}`, "ü.ü", "a".repeat(10_000)]) {
      expect(await reason(verify(bad))).toBe("malformed");
    }
    expect(await reason(verify(ticket, NOW_MS, claims.sessionId, { ...env, TICKET_KEY: `${env.TICKET_KEY}!` }))).toBe(
      "forged",
    );
    expect(await reason(verify(ticket, NOW_MS, id("ses", "z")))).toBe("foreign");
    expect(await reason(verify(ticket, claims.expiresAtMs))).toBe("expired");
    expect(await reason(verify(ticket, claims.expiresAtMs - 1))).toBe("ok");
    expect(await reason(verify(ticket, NOW_MS - 6_000))).toBe("not-yet");
    expect(await reason(verify(await signTicket(env, { ...claims, role: "owner" } as never)))).toBe("malformed");
  });

  test("P1: no change of any one character survives", async () => {
    const ticket = await signTicket(env, claims);
    await fc.assert(
      fc.asyncProperty(fc.nat(ticket.length - 1), fc.constantFrom(..."Ab0_-."), async (at, letter) => {
        fc.pre(ticket[at] !== letter);
        const verdict = await verify(ticket.slice(0, at) + letter + ticket.slice(at + 1));
        // The last letter of unpadded base64url has bits that decode to nothing.
        if (at === ticket.length - 1) return;
        expect(verdict.ok).toBe(false);
      }),
    );
  });
});

describe("the door", () => {
  const app = createApp({ ...systemDeps, now: () => NOW_MS });
  const knock = (headers: Record<string, string>, path = `/rooms/${claims.sessionId}`) =>
    app.request(path, { headers }, env);

  /** What a client that was let in only to be told why not hears: the error, then the close. */
  async function refusal(response: Response) {
    expect(response.status).toBe(101);
    const socket = response.webSocket as WebSocket;
    const heard: string[] = [];
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
    socket.addEventListener("message", ({ data }) => {
      heard.push(String(data));
    });
    socket.accept();
    const { code } = await closed;
    expect(heard).toHaveLength(1);
    return { code, message: JSON.parse(heard[0] ?? "") };
  }
  const upgrade = (protocols: string) => ({ Upgrade: "websocket", "Sec-WebSocket-Protocol": protocols });

  test("P2: without an upgrade it is a problem document", async () => {
    const response = await knock({});
    expect(response.status).toBe(426);
    expect(response.headers.get("Upgrade")).toBe("websocket");
    expect(await response.json()).toMatchObject({ code: "upgrade-required" });
  });

  test.each([
    ["no ticket", "sessionlinked.v1", "ticket-invalid"],
    ["not even our protocol", "chat", "ticket-invalid"],
    ["another generation", "sessionlinked.v2, abc.def", "version-unsupported"],
    ["a forged ticket", "sessionlinked.v1, abc.def", "ticket-invalid"],
  ] as const)("P3: %s is told so, then closed", async (_what, protocols, code) => {
    const response = await knock(upgrade(protocols));
    expect(response.headers.get("Sec-WebSocket-Protocol")).toBe(protocols.split(",")[0]);
    const heard = await refusal(response);
    expect(heard.code).toBe(errors[code].close);
    expect(heard.message).toMatchObject({ type: "error", code });
  });

  test("P3: expired and foreign tickets", async () => {
    const expired = await signTicket(env, { ...claims, issuedAtMs: 0, expiresAtMs: NOW_MS - 1 });
    expect((await refusal(await knock(upgrade(`sessionlinked.v1, ${expired}`)))).message.code).toBe("ticket-expired");
    const ticket = await signTicket(env, claims);
    const elsewhere = await knock(upgrade(`sessionlinked.v1, ${ticket}`), `/rooms/${id("ses", "z")}`);
    expect((await refusal(elsewhere)).message.code).toBe("ticket-invalid");
  });
});

describe("relays", () => {
  const deps = { ...systemDeps, now: () => NOW_MS, random: (bytes: number) => new Uint8Array(bytes) };

  test("V2: locally one relay with credentials that run out; unconfigured none; never a STUN address", async () => {
    const member = claims.memberId;
    const local = { ...env, TURN_KEY: "secret", TURN_URLS: "turn:127.0.0.1:3478?transport=udp" };
    const { iceServers, expiresAtMs } = await relaysOf(local, deps, member);
    const [server] = iceServers;
    expect(expiresAtMs).toBe(NOW_MS + TURN_CREDENTIAL_LIFETIME_MS);
    expect(server?.urls).toEqual(["turn:127.0.0.1:3478?transport=udp"]);
    expect(server?.username).toMatch(new RegExp(`^\\d+:${member}$`));
    expect((await relaysOf({ ...env, TURN_URLS: undefined }, deps, member)).iceServers).toEqual([]);
  });

  test("V2: the credential is the HMAC-SHA-1 that coturn computes", async () => {
    // printf 1000:mem | openssl dgst -sha1 -hmac north -binary | base64
    const server = await fromSecret("north", ["turn:x"], "mem", 1_000_000);
    expect(server).toEqual({ urls: ["turn:x"], username: "1000:mem", credential: "Vgbo1bJOWIgK37DQpuHIt6EjDXM=" });
  });

  test("V2: of the service's answer only relays are handed on; if it fails there are none", async () => {
    const service = { ...env, TURN_SERVICE_KEY_ID: "key", TURN_SERVICE_TOKEN: "token" };
    const urls = ["stun:s.example:3478", "turn:t.example:3478", "turn:t.example:53", "turns:t.example:443"];
    const answer = { iceServers: [{ urls: ["stun:s.example"] }, { urls, username: "u", credential: "c" }] };
    const answering = { ...deps, fetch: () => Promise.resolve(Response.json(answer)) };
    expect((await relaysOf(service, answering, newMember())).iceServers).toEqual([
      { urls: ["turn:t.example:3478", "turns:t.example:443"], username: "u", credential: "c" },
    ]);
    const failing = { ...deps, fetch: () => Promise.reject(new Error("down")) };
    expect((await relaysOf(service, failing, newMember())).iceServers).toEqual([]);
    const followed: (string | undefined)[] = [];
    const leading = {
      ...deps,
      fetch: async (_: RequestInfo | URL, init?: RequestInit) => {
        followed.push(init?.redirect);
        return Response.redirect("https://elsewhere.example/");
      },
    };
    expect((await relaysOf(service, leading, newMember())).iceServers).toEqual([]);
    expect(followed).toEqual(["manual"]);
  });

  test("X27: a member who asks again and again costs the service one call in ten minutes, and has twenty more to use each", async () => {
    const service = { ...env, TURN_SERVICE_KEY_ID: "key", TURN_SERVICE_TOKEN: "token" };
    let nowMs = NOW_MS;
    let calls = 0;
    const counting = {
      ...deps,
      now: () => nowMs,
      fetch: () => {
        calls++;
        return Promise.resolve(
          Response.json({ iceServers: [{ urls: "turn:t.example:3478", username: `u${calls}`, credential: "c" }] }),
        );
      },
    };
    const member = newMember();
    for (const step of Array.from({ length: 300 }, (_, at) => at)) {
      nowMs = NOW_MS + step * 10_000;
      const { iceServers, expiresAtMs } = await relaysOf(service, counting, member);
      expect(iceServers).toHaveLength(1);
      expect(expiresAtMs - nowMs).toBeGreaterThan(TURN_CREDENTIAL_LIFETIME_MS - TURN_RENEWAL_MS);
    }
    expect(calls).toBe(5);
    const failing = {
      ...counting,
      fetch: () => {
        calls++;
        return Promise.reject(new Error("down"));
      },
    };
    const other = newMember();
    for (let at = 0; at < 50; at++) await relaysOf(service, failing, other);
    expect(calls).toBe(6);
  });
});
