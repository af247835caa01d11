import type { BrowserContext, Page } from "playwright-core";

/** What a page must not do: ask anybody else for anything (H3), or write an error to its console, as a broken policy does. */
export class Watch {
  readonly foreign: string[] = [];
  readonly errors: string[] = [];
  readonly bodies: Buffer[] = [];

  constructor(context: BrowserContext, origin: string) {
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && url.protocol !== "data:" && url.protocol !== "blob:") this.foreign.push(url.href);
      const body = request.postDataBuffer();
      this.bodies.push(Buffer.from(`${request.method()} ${request.url()}\n${JSON.stringify(request.headers())}\n`));
      if (body !== null) this.bodies.push(body);
    });
    context.on("page", (page) => {
      page.on("console", (message) => {
        if (message.type() === "error") this.errors.push(`${new URL(page.url()).pathname}: ${message.text()}`);
      });
      page.on("pageerror", (error) => this.errors.push(`${new URL(page.url()).pathname}: ${error.message}`));
    });
  }
}

/** A device with a built-in authenticator that says yes (WebDriver's virtual authenticator, WebAuthn section 11). */
export async function addAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
