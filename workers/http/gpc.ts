import { costs } from "./costs.ts";
import { type AppContext, newRouter } from "./router.ts";

/** Since when the signal is honoured. */
const SINCE = "2026-11-26";

/** `/.well-known/gpc.json`: that a browser's Global Privacy Control is honoured (W3C, Global Privacy Control, section 4.1); usage.ts does. */
const sendGpc = (c: AppContext) =>
  c.json({ gpc: true, lastUpdate: SINCE }, 200, { "Cache-Control": "public, max-age=86400" });

export const gpc = newRouter();
gpc.get("/.well-known/gpc.json", costs("free"), sendGpc);
