import { createRoute, z } from "@hono/zod-openapi";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../../protocol/version.ts";
import { costs } from "./costs.ts";
import { newRouter } from "./router.ts";

const Health = z.object({ ok: z.literal(true), protocolVersion: z.int(), protocolVersionMin: z.int() });

/** Answers as long as the Worker runs at all; says which protocol it speaks, so that a client can tell before it joins. */
export const health = newRouter().openapi(
  createRoute({
    method: "get",
    path: "/api/v1/health",
    middleware: [costs("free")] as const,
    summary: "Is the service up, and which protocol does it speak?",
    responses: { 200: { description: "Up", content: { "application/json": { schema: Health } } } },
  }),
  (c) =>
    c.json({ ok: true as const, protocolVersion: PROTOCOL_VERSION, protocolVersionMin: PROTOCOL_VERSION_MIN }, 200),
);
