import { createRoute, type z } from "@hono/zod-openapi";
import { ConfirmWaitlist, JoinWaitlist } from "../../protocol/waitlist.ts";
import { networkOf } from "../auth/network.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { confirm, join } from "./store.ts";

/** Takes an address down and writes to it, if that was not done too often from here. Says nothing about whether it was known. */
async function joinFrom(c: AppContext, wanted: JoinWaitlist): Promise<"accepted" | "rate-limited"> {
  const { deps } = c.var;
  const ipAddress = c.req.header("CF-Connecting-IP");
  if (!(await consume(c.env, deps, ["waitlist", networkOf(ipAddress)])).ok) return "rate-limited";
  const proof = { ipAddress: ipAddress ?? "", userAgent: c.req.header("User-Agent") ?? "" };
  // Too many mails to one address are not sent, and nobody is told.
  const perAsker = ["mail-asker", `waitlist ${wanted.email} ${networkOf(ipAddress)}`] as const;
  if ((await consume(c.env, deps, perAsker, ["mail-to", `waitlist ${wanted.email}`])).ok)
    await join(c.env, deps, publicOrigin(c), wanted, proof);
  flush(c);
  return "accepted";
}

async function enter(c: AppContext, body: z.output<typeof JoinWaitlist>) {
  const outcome = await joinFrom(c, body);
  return outcome === "accepted" ? c.body(null, 202) : problem(c, outcome);
}

async function confirmEntry(c: AppContext, body: z.output<typeof ConfirmWaitlist>) {
  const isConfirmed = await confirm(c.env, c.var.deps, body.token);
  return isConfirmed ? c.body(null, 204) : problem(c, "link-invalid");
}

export const waitlist = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/waitlist",
      tags: ["waitlist"],
      middleware: [costs("anonymous-write")] as const,
      summary: "Join the waiting list; it counts once the mailed link is opened",
      request: { body: json(JoinWaitlist) },
      responses: { 202: { description: "If all is well, a mail is on its way" }, ...problemResponses },
    }),
    (c) => enter(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/api/v1/waitlist/confirm",
      tags: ["waitlist"],
      middleware: [costs("anonymous-write")] as const,
      summary: "Confirm an address by the link that was mailed to it; harmless to repeat",
      request: { body: json(ConfirmWaitlist) },
      responses: { 204: { description: "It is on the list" }, ...problemResponses },
    }),
    (c) => confirmEntry(c, c.req.valid("json")),
  );
