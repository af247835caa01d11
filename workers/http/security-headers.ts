import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./router.ts";

/** Pages where the password protocol's WebAssembly runs in the browser. */
const usesWasm = /^\/(sign-in|sign-up|reset|account)(\/|$)/;
/** Shared memory in the session view needs an isolated page; nowhere else does. */
const isolated = /^\/sessions\/[^/]+\/room(\/|$)/;

/** Where a signed-in browser hands the companion its code on a loopback address (RFC 8252 section 7.3). */
const handsOver = /^\/companion\/authorize$/;

/** The content security policy of a path (H3): this origin only, nothing inline. */
export function contentSecurityPolicy(path: string): string {
  const wasm = usesWasm.test(path) || isolated.test(path) ? " 'wasm-unsafe-eval'" : "";
  return [
    "default-src 'none'",
    `script-src 'self'${wasm}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    `form-action 'self'${handsOver.test(path) ? " http://127.0.0.1:*" : ""}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** Sets what every answer carries, and lets nothing pass in the clear in production (H2). */
export const withSecurityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  const url = new URL(c.req.url);
  if (c.env.ENVIRONMENT === "production" && url.protocol === "http:") {
    url.protocol = "https:";
    return c.redirect(url.href, 308);
  }
  await next();
  // A WebSocket upgrade is answered by the room and its headers are fixed.
  if (c.res.status === 101) return;
  const session = isolated.test(c.req.path);
  c.header("Content-Security-Policy", contentSecurityPolicy(c.req.path));
  c.header("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload");
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "same-origin");
  const devices = session ? "(self)" : "()";
  c.header(
    "Permissions-Policy",
    `camera=${devices}, microphone=${devices}, midi=${devices}, geolocation=(), payment=(), usb=()`,
  );
  if (!session) return;
  c.header("Cross-Origin-Opener-Policy", "same-origin");
  c.header("Cross-Origin-Embedder-Policy", "require-corp");
});
