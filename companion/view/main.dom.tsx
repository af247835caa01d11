/** The session view begins: reads what the page tells it, enters the room, draws. A page of each language loads its own words (main.en, main.de). */
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

export function begin(words: Words): void {
  const root = document.getElementById("view");
  if (root === null) return;
  const boot = Boot.parse(JSON.parse(root.dataset.boot ?? "null"));
  root.replaceChildren();
  const session = new BrowserSession(boot);
  if (!session.isAside) stickSettings(session, boot, localStorage, Date.now);
  const Page = boot.phoneOf !== undefined ? Phone : boot.seat !== undefined ? Listen : App;
  render(<Page session={session} boot={boot} words={words} />, root);
}
