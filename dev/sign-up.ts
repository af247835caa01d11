/** Opening an account and signing in as a person does, in a browser whose context has the site as its base: the mail's link included. */
import type { Page } from "playwright-core";
import type { Mailbox } from "./mailbox.ts";

async function fillPerson(page: Page, email: string): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Your name, as others see it").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("16 or over").check();
}

/** Opens the link of the newest mail, as a mail program hands it to the browser. */
export async function openMail(
  mailbox: Mailbox,
  page: Page,
  email: string,
  sinceMs: number,
  path: string,
): Promise<void> {
  const mail = await mailbox.next(email, sinceMs, ({ text }) => text.includes(path));
  await page.goto(/https?:\/\/\S+/.exec(mail.text.slice(mail.text.indexOf(path) - 60))?.[0] ?? "");
}

/** Gives name and address, and opens the link that comes. */
export async function beginSignUp(mailbox: Mailbox, page: Page, email: string): Promise<void> {
  const sinceMs = Date.now();
  await fillPerson(page, email);
  await page.getByRole("button", { name: "Send me the link" }).click();
  await page.getByRole("heading", { name: "Look in your mail" }).waitFor();
  await openMail(mailbox, page, email, sinceMs, "/sign-up/confirm");
}

export async function signUp(mailbox: Mailbox, page: Page, email: string, password: string): Promise<void> {
  await beginSignUp(mailbox, page, email);
  await page.getByText("Use a password instead").click();
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Open it with this password" }).click();
  await page.waitForURL(/\/account\?done=welcome/);
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
