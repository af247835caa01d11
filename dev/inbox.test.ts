import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogLevel } from "miniflare";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Inbox, startInbox } from "./inbox.ts";
import { Mailbox } from "./mailbox.ts";

let folder: string;
let mailbox: Mailbox;
let inbox: Inbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sessionlinked-inbox-"));
  mailbox = new Mailbox(folder);
  inbox = await startInbox(mailbox);
});
afterEach(async () => {
  await inbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What workerd's stand-in for `send_email` does: two files and a line in the log. */
function send(subject: string, text: string, html: string): void {
  writeFileSync(join(folder, "a.txt"), text);
  writeFileSync(join(folder, "a.html"), html);
  mailbox.logWithLevel(
    LogLevel.INFO,
    `send_email binding called with MessageBuilder:\nFrom: us\nTo: ada@example.org\nSubject: ${subject}\n\nText: ${join(folder, "a.txt")}\nHTML: ${join(folder, "a.html")}`,
  );
}

test("a mail is kept and shown, its script held in a frame and its link to be clicked", async () => {
  expect(await (await fetch(inbox.origin)).text()).toContain("No mail yet");
  send("Look <here>", "Open http://localhost:1/x?token=y", "<html><head></head><script>alert(1)</script></html>");
  expect(await mailbox.next("ada@example.org", 0)).toMatchObject({ subject: "Look <here>", to: "ada@example.org" });
  const shown = await (await fetch(inbox.origin)).text();
  expect(shown).toContain("Look &lt;here&gt;");
  expect(shown).toContain('<a href="http://localhost:1/x?token=y"');
  expect(shown).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect(shown).not.toContain("<script>");
});

test("a site that passes for this machine reads nothing", async () => {
  send("Secret", "text", "<html></html>");
  const status = await new Promise((resolve) => {
    request(inbox.origin, { headers: { Host: "evil.example" } }, (answer) => resolve(answer.statusCode)).end();
  });
  expect(status).toBe(404);
});
