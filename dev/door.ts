import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

export interface Door {
  /** Whoever opens it on this machine is signed in, and comes to `to`. */
  address: string;
  stop(): Promise<void>;
}

/**
 * A way in for a newcomer, on a loopback port of its own: sets the site's cookie for this machine's name and sends the browser on. Cookies
 * know names and not ports (RFC 6265 section 8.5). The address holds a key, because other people may work on this machine too. No part of
 * it is in the Worker.
 */
export async function openDoor(options: { token: string; to: string }): Promise<Door> {
  const path = `/${randomBytes(12).toString("base64url")}`;
  const server = createServer((request, response) => {
    const isHere = /^localhost:\d+$/.test(request.headers.host ?? "");
    if (!isHere || request.method !== "GET" || request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(303, {
      Location: options.to,
      "Set-Cookie": `__Host-session=${options.token}; Path=/; Secure; HttpOnly; SameSite=Lax`,
      "Cache-Control": "no-store",
    });
    response.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    address: `http://localhost:${port}${path}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
