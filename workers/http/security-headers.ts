import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import { handlersOf } from "./methods.ts";
import type { AppEnv } from "./router.ts";

/** What a page needs beyond all others. */
type Need =
  /** The password protocol's WebAssembly runs in the browser. */
  | "wasm"
  /** Shared memory, the devices, and the WebAssembly that works on sound: the session view. */
  | "isolation"
  /** A signed-in browser hands the companion its code on a loopback address (RFC 8252 section 7.3). */
  | "loopback-forms";

const needOfMark = new WeakMap<object, Need>();

/** Part of a route's row: what its page needs. `withSecurityHeaders` reads it, so that a problem of the row has the same headers. */
export function needs(need: Need) {
  const mark = createMiddleware<AppEnv>((_, next) => next());
  needOfMark.set(mark, need);
  return mark;
}

/** The content security policy (H3): this origin only, nothing inline. */
function headersFor(need: Need | undefined) {
  const isIsolated = need === "isolation";
  const devices = isIsolated ? ["self" as const] : [];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", ...(need === "wasm" || isIsolated ? ["'wasm-unsafe-eval'"] : [])],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      mediaSrc: ["'self'", "blob:"],
      workerSrc: ["'self'", "blob:"],
      manifestSrc: ["'self'"],
      formAction: ["'self'", ...(need === "loopback-forms" ? ["http://127.0.0.1:*"] : [])],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    strictTransportSecurity: "max-age=63072000; includeSubDomains; preload",
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    permissionsPolicy: { camera: devices, microphone: devices, midi: devices, geolocation: [], payment: [], usb: [] },
    crossOriginOpenerPolicy: isIsolated,
    crossOriginEmbedderPolicy: isIsolated,
    // A profile's picture is there to be shown elsewhere.
    crossOriginResourcePolicy: false,
    // Words of browsers that nobody uses any more.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

const plain = headersFor(undefined);
const special = {
  wasm: headersFor("wasm"),
  isolation: headersFor("isolation"),
  "loopback-forms": headersFor("loopback-forms"),
} as const satisfies Record<Need, unknown>;

/** Sets what every answer carries, and lets nothing pass in the clear in production (H2). */
export const withSecurityHeaders = () =>
  createMiddleware<AppEnv>(async (c, next) => {
    const url = new URL(c.req.url);
    if (c.env.ENVIRONMENT === "production" && url.protocol === "http:") {
      url.protocol = "https:";
      return c.redirect(url.href, 308);
    }
    await next();
    // A WebSocket upgrade is answered by the room and its headers are fixed.
    if (c.res.status === 101) return;
    const marks = handlersOf(c).map((handler) => needOfMark.get(handler));
    const need = marks.find((found) => found !== undefined);
    await (need === undefined ? plain : special[need])(c, () => Promise.resolve());
  });
