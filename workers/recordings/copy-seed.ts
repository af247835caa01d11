import { createRoute } from "@hono/zod-openapi";
import { CopySeed } from "../../protocol/recordings.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { newRouter } from "../http/router.ts";
import { toBase64Url } from "../platform/base64.ts";
import { mac } from "../platform/keys.ts";

/**
 * The seed of an account's copy keys: made anew each time from the account's random id, so nothing of it is kept, and after an erasure nobody can ask
 * for it. We have no copies, and who has them has no seed.
 */
async function seed(c: AccountContext) {
  const bytes = await mac(c.env, "safety-copies", c.var.account.id);
  return c.json({ seed: toBase64Url(bytes) }, 200, { "Cache-Control": "no-store" });
}

/** What a person's companion opens the safety copies with that collaborators keep of their takes. */
export const copySeed = newRouter().openapi(
  createRoute({
    security: bearer,
    tags: ["recordings"],
    method: "get",
    path: "/api/v1/copy-seed",
    summary: "What opens the safety copies that collaborators keep of your takes; the same on each of your machines",
    middleware: [costs("read"), requireAccount] as const,
    responses: { 200: { description: "The seed of your keys", ...json(CopySeed) }, ...problemResponses },
  }),
  (c) => seed(c),
);
