import type { Page } from "playwright-core";

/** A folder of this name, and there is room. */
const ROOM = "there is room";

const refusals = {
  none: `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "SecurityError"))`,
  // Until somebody has made room, which they say by a folder of that name.
  full: `{
    const { write } = FileSystemSyncAccessHandle.prototype;
    const { getDirectory } = StorageManager.prototype;
    let isFull = true;
    const look = async () => {
      const root = await getDirectory.call(navigator.storage);
      isFull = await root.getDirectoryHandle("${ROOM}").then(() => false, () => true);
    };
    const { createSyncAccessHandle } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createSyncAccessHandle = async function () { await look(); return await createSyncAccessHandle.call(this); };
    FileSystemSyncAccessHandle.prototype.write = function (...what) {
      if (isFull) throw new DOMException("", "QuotaExceededError");
      return write.apply(this, what);
    };
  }`,
};

/** A browser that keeps no files for this page, as in some private windows, or has no room for them: so its takes worker is told. */
export async function keepNoFiles(page: Page, state: keyof typeof refusals): Promise<void> {
  await page.route("**/takes-worker*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${refusals[state]};\n${await answer.text()}` });
  });
}

/** Room is made in a page that had none. */
export const makeRoom = (page: Page) =>
  page.evaluate(
    `navigator.storage.getDirectory().then((root) => root.getDirectoryHandle("${ROOM}", { create: true })).then(() => undefined)`,
  );
