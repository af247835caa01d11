/** The session view begins: reads what the page tells it, enters the room, draws. A page of each language loads its own words (main.en, main.de). */
// Small, and what several parts need: each would be a script of its own, and a request.
import "../../audio/capture-ring.ts";
import "../engine/links/relayed-connection.dom.ts";
import "./link-field.dom.tsx";
import "./modal.dom.tsx";
import { render } from "preact";
import { App } from "./app.dom.tsx";
import { Boot } from "./boot.std.ts";
import { later } from "./later.dom.tsx";
import type { PhoneProps } from "./phone.dom.tsx";
import { BrowserSession } from "./session.dom.ts";
import { stickSettings } from "./settings.dom.ts";
import type { Words } from "./words/view.en.std.ts";

/** A page that is one thing of a session, for whom it is drawn. */
const Phone = later<PhoneProps>(() => import("./phone.dom.tsx").then((parts) => parts.Phone));

const Listen = later<PhoneProps>(() => import("./listen.dom.tsx").then((parts) => parts.Listen));

/** Named in the page itself they would be in the way of its style and its first script; now they come while it is drawn. */
function fetchAhead(hrefs: readonly string[]): void {
  for (const href of hrefs) {
    const link = document.createElement("link");
    [link.rel, link.href] = ["modulepreload", href];
    document.head.append(link);
  }
}

export function begin(words: Words): void {
  const root = document.getElementById("view");
  if (root === null) return;
  const boot = Boot.parse(JSON.parse(root.dataset.boot ?? "null"));
  fetchAhead(boot.ahead ?? []);
  root.replaceChildren();
  const session = new BrowserSession(boot);
  if (!session.isAside) stickSettings(session, boot, localStorage, Date.now);
  const Page = boot.phoneOf !== undefined ? Phone : boot.seat !== undefined ? Listen : App;
  render(<Page session={session} boot={boot} words={words} />, root);
}
