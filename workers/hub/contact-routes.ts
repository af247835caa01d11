import { createRoute, z } from "@hono/zod-openapi";
import { Block, CreateBlock, HubInvite } from "../../protocol/hub.ts";
import { BlockId, ProfileId } from "../../protocol/ids.ts";
import { may } from "../../protocol/roles.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { flush } from "../mail/flush.ts";
import { findMembership } from "../sessions/guard.ts";
import { block, listBlocks, unblock } from "./blocks.ts";
import { type Contacted, findBehind, findCorrespondent, findSender, type Reachable, sendInvite } from "./contact.ts";

const guarded = { security: bearer, tags: ["hub"] };
const params = z.object({ profileId: ProfileId });
const ofBlock = z.object({ blockId: BlockId });
const accepted = { 202: { description: "It is on its way, if they want to hear from you" }, ...problemResponses };

/** Whom a block is meant for: behind a profile, in a conversation, or behind an invitation's mail. */
export function findBlocked(c: AccountContext, whom: z.infer<typeof CreateBlock>): Promise<Reachable | null> {
  if ("profileId" in whom) return findBehind(c.env.DB, whom.profileId);
  if ("conversationId" in whom) return findCorrespondent(c.env.DB, whom.conversationId, c.var.account.id);
  return findSender(c.env, whom.answer, c.var.account.id);
}

/** Why somebody was not written to, or not invited. */
export function refuseContact(c: AppContext, reason: Extract<Contacted, { ok: false }>["reason"]) {
  switch (reason) {
    case "yourself":
      return problem(c, "conflict", "This is you.");
    case "you-blocked":
      return problem(c, "conflict", "You have blocked this person. Unblock them first.");
    case "rate-limited":
    case "quota-exceeded":
      return problem(c, reason);
  }
}

async function invite(c: AccountContext, path: z.output<typeof params>, body: z.output<typeof HubInvite>) {
  const to = await findBehind(c.env.DB, path.profileId);
  const { sessionId, role } = body;
  const member = await findMembership(c.env.DB, sessionId, c.var.account.id);
  if (to === null || member === null) return problem(c, "not-found");
  if (!may(member.role, "session.invite")) return problem(c, "forbidden");
  const outcome = await sendInvite(c.env, c.var.deps, publicOrigin(c), c.var.account, to, member, role);
  if (!outcome.ok) return refuseContact(c, outcome.reason);
  flush(c);
  return c.body(null, 202);
}

async function addBlock(c: AccountContext, body: z.output<typeof CreateBlock>) {
  const whom = await findBlocked(c, body);
  if (whom === null) return problem(c, "not-found");
  if (whom.accountId === c.var.account.id) return problem(c, "conflict", "This is you.");
  const made = await block(c.env, c.var.deps, c.var.account.id, whom.accountId);
  return made === null ? problem(c, "quota-exceeded") : c.json(made, 201);
}

async function readBlocks(c: AccountContext) {
  return c.json({ items: await listBlocks(c.env, c.var.deps, c.var.account.id) }, 200);
}

async function liftBlock(c: AccountContext, path: z.output<typeof ofBlock>) {
  const lifted = await unblock(c.env.DB, c.var.account.id, path.blockId);
  return lifted ? c.body(null, 204) : problem(c, "not-found");
}

/** Inviting people on the Hub, and not wanting to hear from somebody. */
export const contactRoutes = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/hub/profiles/{profileId}/invites",
      summary: "Invite somebody on the Hub to a session of one's own",
      middleware: [costs("write"), requireAccount] as const,
      request: { params, body: json(HubInvite) },
      responses: accepted,
    }),
    (c) => invite(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/blocks",
      summary: "Keep somebody from writing to you; they are not told",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(CreateBlock) },
      responses: { 201: { description: "Blocked", ...json(Block) }, ...problemResponses },
    }),
    (c) => addBlock(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/blocks",
      summary: "Whom one has blocked",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "All of them", ...json(z.object({ items: z.array(Block) })) },
        ...problemResponses,
      },
    }),
    (c) => readBlocks(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/blocks/{blockId}",
      summary: "Lift a block",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofBlock },
      responses: { 204: { description: "Lifted" }, ...problemResponses },
    }),
    (c) => liftBlock(c, c.req.valid("param")),
  );
