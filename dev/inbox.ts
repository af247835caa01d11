import { createServer, type Server } from "node:http";
import type { LocalMail, Mailbox } from "./mailbox.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const linked = (text: string) =>
  escaped(text).replaceAll(
    /https?:\/\/[^\s<]+/g,
    (url) => `<a href="${url}" target="_blank" rel="noopener">${url}</a>`,
  );
const time = (ms: number) => new Date(ms).toLocaleTimeString("en-GB");

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{display:grid;grid-template-columns:minmax(16rem,24rem) 1fr;
margin:0;min-height:100vh}nav{border-inline-end:1px solid #8886;overflow:auto;max-height:100vh}nav a{display:block;padding:.8rem 1.2rem;
border-bottom:1px solid #8884;color:inherit;text-decoration:none}nav a[aria-current]{background:#8883}nav small{display:block;opacity:.75}
main{padding:1.5rem 2rem;display:grid;gap:1rem;align-content:start}h1{margin:0;font-size:1.4rem}iframe{width:100%;height:26rem;border:1px solid #8886;
border-radius:6px;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem;border:1px solid #8886;border-radius:6px;margin:0}
@media(max-width:50rem){body{grid-template-columns:1fr}}`;

function page(mails: readonly LocalMail[], chosen: LocalMail | undefined): string {
  const list = mails
    .map(
      (mail) =>
        `<a href="/?id=${mail.id}"${mail.id === chosen?.id ? ' aria-current="page"' : ""}><strong>${escaped(mail.subject)}</strong><small>${escaped(mail.to)}, ${time(mail.sentAtMs)}</small></a>`,
    )
    .join("");
  // The frame runs nothing and stays on an origin of its own; its links open beside it.
  const shown =
    chosen === undefined
      ? "<h1>No mail yet</h1><p>What the platform on this machine sends appears here. Nothing leaves it.</p>"
      : `<h1>${escaped(chosen.subject)}</h1><div>To ${escaped(chosen.to)}</div>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="HTML" srcdoc="${escaped(chosen.html.replace("<head>", '<head><base target="_blank">'))}"></iframe>
<pre>${linked(chosen.text)}</pre>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="${chosen === undefined ? 3 : 60}"><title>Inbox of this machine</title><style>${style}</style><nav aria-label="Mails">${list}</nav><main>${shown}</main></html>`;
}

export interface Inbox {
  origin: string;
  stop(): Promise<void>;
}

/** The mails of the platform on this machine as a page, on a loopback port of its own. No part of it is in the Worker. */
export async function startInbox(mailbox: Mailbox): Promise<Inbox> {
  const server: Server = createServer((request, response) => {
    const host = /^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? "");
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    // A page of another name that resolves to this machine may not read mails.
    if (!host || request.method !== "GET" || url.pathname !== "/") {
      response.writeHead(404).end();
      return;
    }
    const mails = mailbox.list();
    const chosen = mails.find(({ id }) => id === url.searchParams.get("id")) ?? mails[0];
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
    response.end(page(mails, chosen));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
