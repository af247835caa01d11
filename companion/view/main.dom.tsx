/** The session view begins: reads what the page tells it, enters the room, draws. */
import { render } from "preact";
import { App } from "./app.dom.tsx";
import { Boot } from "./boot.std.ts";
import { BrowserSession } from "./session.dom.ts";

const root = document.getElementById("view");
if (root !== null) {
  const boot = Boot.parse(JSON.parse(root.dataset.boot ?? "null"));
  root.replaceChildren();
  render(<App session={new BrowserSession(boot)} boot={boot} />, root);
}
