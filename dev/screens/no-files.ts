import type { Page } from "playwright-core";

/** A browser that keeps no files for this page, as in some private windows: its takes worker is refused them. */
export async function keepNoFiles(page: Page): Promise<void> {
  await page.route("**/takes-worker*", async (route) => {
    const answer = await route.fetch();
    const refuse = `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "SecurityError"));\n`;
    await route.fulfill({ response: answer, body: refuse + (await answer.text()) });
  });
}
