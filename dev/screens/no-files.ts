import type { Page } from "playwright-core";

const refusals = {
  none: `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "SecurityError"))`,
  full: `FileSystemSyncAccessHandle.prototype.write = () => { throw new DOMException("", "QuotaExceededError"); }`,
};

/** A browser that keeps no files for this page, as in some private windows, or has no room for them: so its takes worker is told. */
export async function keepNoFiles(page: Page, state: keyof typeof refusals): Promise<void> {
  await page.route("**/takes-worker*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${refusals[state]};\n${await answer.text()}` });
  });
}
