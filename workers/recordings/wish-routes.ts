import { createRoute, z } from "@hono/zod-openapi";
import { AnswerWish, DeletionWish, Delivery, WISH_KEY_PATH } from "../../protocol/deliveries.ts";
import { RecordingId } from "../../protocol/ids.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { publicKey } from "../platform/signing.ts";
import { answerWish, listDeliveries, listWishes } from "./deliveries.ts";

const guarded = { security: bearer, tags: ["recordings"] };
const params = z.object({ recordingId: RecordingId });

async function deliveries(c: AccountContext) {
  return c.json({ items: await listDeliveries(c.env, c.var.deps, c.var.account.id) }, 200);
}

async function wishes(c: AccountContext) {
  return c.json({ items: await listWishes(c.env, c.var.account.id) }, 200);
}

async function answer(c: AccountContext, path: z.output<typeof params>, body: z.output<typeof AnswerWish>) {
  const { account, deps } = c.var;
  const isThere = await answerWish(c.env.DB, account.id, path.recordingId, body.answer, deps.now());
  return isThere ? c.body(null, 204) : problem(c, "not-found");
}

const sendKey = async (c: AppContext) =>
  c.json(await publicKey(c.env), 200, { "Cache-Control": "public, max-age=86400" });

/** Who received what, for its owner; and what owners wish for, for whoever has a copy. */
export const wishRoutes = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/account/deliveries",
      summary: "Who has received what you shared, and when; and what came of asking for the copy to go",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "Deliveries", ...json(z.object({ items: z.array(Delivery) })) },
        ...problemResponses,
      },
    }),
    (c) => deliveries(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/deletion-wishes",
      summary: "Copies that you have of what its owner has deleted since; each wish is signed",
      middleware: [costs("read"), requireAccount] as const,
      responses: {
        200: { description: "Wishes without an answer", ...json(z.object({ items: z.array(DeletionWish) })) },
        ...problemResponses,
      },
    }),
    (c) => wishes(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/deletion-wishes/{recordingId}",
      summary: "Say what you did about a wish; its owner sees the answer",
      middleware: [costs("write"), requireAccount] as const,
      request: { params, body: json(AnswerWish) },
      responses: { 204: { description: "The owner sees it" }, ...problemResponses },
    }),
    (c) => answer(c, c.req.valid("param"), c.req.valid("json")),
  );
wishRoutes.get(WISH_KEY_PATH, costs("read"), sendKey);
