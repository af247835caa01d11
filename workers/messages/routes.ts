import { createRoute, z } from "@hono/zod-openapi";
import { CreateReport, HubAnswer, Message } from "../../protocol/hub.ts";
import { ConversationId, ProfileId } from "../../protocol/ids.ts";
import { Conversation, ConversationMessage, Posted } from "../../protocol/messages.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { publicOrigin } from "../http/origin.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { findBehind, findCorrespondent, findSender, type Reachable } from "../hub/contact.ts";
import { refuseContact } from "../hub/contact-routes.ts";
import { takeReport } from "../hub/reports.ts";
import { flush } from "../mail/flush.ts";
import { postMessage } from "./post.ts";
import { dropSide, findConversation, listConversations, listMessages, markRead } from "./store.ts";

const guarded = { security: bearer, tags: ["messages"] };
const ofProfile = z.object({ profileId: ProfileId });
const ofConversation = z.object({ conversationId: ConversationId });
type Path = z.output<typeof ofConversation>;
const posted = {
  202: { description: "It is theirs to read, if they want to hear from you", ...json(Posted) },
  ...problemResponses,
};

async function post(c: AccountContext, to: Reachable, text: string) {
  const outcome = await postMessage(c.env, c.var.deps, publicOrigin(c), c.var.account, to, text);
  if (!outcome.ok) return refuseContact(c, outcome.reason);
  flush(c);
  return c.json({ conversationId: outcome.value }, 202);
}

async function writeTo(c: AccountContext, path: z.output<typeof ofProfile>, { text }: z.output<typeof Message>) {
  const to = await findBehind(c.env.DB, path.profileId);
  return to === null ? problem(c, "not-found") : post(c, to, text);
}

async function answer(c: AccountContext, { answer, text }: z.output<typeof HubAnswer>) {
  const to = await findSender(c.env, answer, c.var.account.id);
  return to === null ? problem(c, "link-invalid") : post(c, to, text);
}

async function list(c: AccountContext, { limit, cursor }: z.output<typeof PageQuery>) {
  const at = readCursor(cursor);
  if (at === null) return problem(c, "validation-failed");
  return c.json(await listConversations(c.env, c.var.deps, c.var.account.id, limit, at), 200);
}

async function read(c: AccountContext, { conversationId }: Path) {
  const found = await findConversation(c.env, c.var.deps, c.var.account.id, conversationId);
  return found === null ? problem(c, "not-found") : c.json(found.conversation, 200);
}

async function listIn(c: AccountContext, { conversationId }: Path, { limit, cursor }: z.output<typeof PageQuery>) {
  const at = readCursor(cursor);
  if (at === null) return problem(c, "validation-failed");
  if ((await findConversation(c.env, c.var.deps, c.var.account.id, conversationId)) === null)
    return problem(c, "not-found");
  return c.json(await listMessages(c.env, c.var.deps, c.var.account.id, conversationId, limit, at), 200);
}

async function writeIn(c: AccountContext, { conversationId }: Path, { text }: z.output<typeof Message>) {
  const to = await findCorrespondent(c.env.DB, conversationId, c.var.account.id);
  return to === null ? problem(c, "not-found") : post(c, to, text);
}

async function noteRead(c: AccountContext, { conversationId }: Path) {
  if ((await findConversation(c.env, c.var.deps, c.var.account.id, conversationId)) === null)
    return problem(c, "not-found");
  await markRead(c.env.DB, c.var.account.id, conversationId);
  return c.body(null, 204);
}

async function drop(c: AccountContext, { conversationId }: Path) {
  const dropped = await dropSide(c.env, c.var.deps, c.var.account.id, conversationId);
  return dropped ? c.body(null, 204) : problem(c, "not-found");
}

async function report(c: AccountContext, { conversationId }: Path, body: z.output<typeof CreateReport>) {
  const about = await findCorrespondent(c.env.DB, conversationId, c.var.account.id);
  if (about === null) return problem(c, "not-found");
  const outcome = await takeReport(c, about.accountId, body);
  return outcome.ok ? c.body(null, 202) : problem(c, outcome.reason);
}

/** What members write to each other: it stays on the site, and neither learns the other's address. */
export const messageRoutes = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/hub/profiles/{profileId}/messages",
      summary: "Write to somebody on the Hub; neither learns the other's address",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofProfile, body: json(Message) },
      responses: posted,
    }),
    (c) => writeTo(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/hub/answers",
      summary: "Answer an invitation that came by mail, by the link in it",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(HubAnswer) },
      responses: posted,
    }),
    (c) => answer(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/conversations",
      summary: "One's conversations, the one that was last written in first",
      middleware: [costs("read"), requireAccount] as const,
      request: { query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(Conversation)) }, ...problemResponses },
    }),
    (c) => list(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/conversations/{conversationId}",
      summary: "With whom it is, and what of it is unread",
      middleware: [costs("read"), requireAccount] as const,
      request: { params: ofConversation },
      responses: { 200: { description: "The conversation", ...json(Conversation) }, ...problemResponses },
    }),
    (c) => read(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/conversations/{conversationId}/messages",
      summary: "What was written in it, newest first",
      middleware: [costs("read"), requireAccount] as const,
      request: { params: ofConversation, query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(ConversationMessage)) }, ...problemResponses },
    }),
    (c) => listIn(c, c.req.valid("param"), c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/conversations/{conversationId}/messages",
      summary: "Write in it",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofConversation, body: json(Message) },
      responses: posted,
    }),
    (c) => writeIn(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/conversations/{conversationId}/read",
      summary: "Everything in it has been read",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofConversation },
      responses: { 204: { description: "Noted" }, ...problemResponses },
    }),
    (c) => noteRead(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/conversations/{conversationId}",
      summary: "Delete it for oneself; once both have, it is gone",
      middleware: [costs("write"), requireAccount] as const,
      request: { params: ofConversation },
      responses: { 204: { description: "Deleted" }, ...problemResponses },
    }),
    (c) => drop(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/conversations/{conversationId}/reports",
      summary: "Report the other of a conversation",
      middleware: [costs("anonymous-write"), requireAccount] as const,
      request: { params: ofConversation, body: json(CreateReport) },
      responses: { 202: { description: "A person here will look at it" }, ...problemResponses },
    }),
    (c) => report(c, c.req.valid("param"), c.req.valid("json")),
  );
