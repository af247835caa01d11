import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "./env.ts";

/** The contents page: every noun mounts its routes here. */
export const app = new OpenAPIHono<{ Bindings: Env }>();

app.get("/api/v1/health", (c) => c.json({ ok: true }));
