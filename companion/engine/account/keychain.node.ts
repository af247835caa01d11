import { AsyncEntry } from "@napi-rs/keyring";
import { type Keychain, KeychainError } from "./keychain.std.ts";

const SERVICE = "SessionLinked";

/** The system's keychain: Keychain on macOS, Credential Manager on Windows, the Secret Service (or the kernel's keyring) on Linux. */
export const systemKeychain: Keychain = {
  read: (origin) => use(origin, (entry) => entry.getPassword()),
  write: (origin, token) => use(origin, (entry) => entry.setPassword(token)),
  erase: async (origin) => {
    await use(origin, (entry) => entry.deleteCredential());
  },
};

async function use<Result>(origin: string, work: (entry: AsyncEntry) => Promise<Result>): Promise<Result> {
  try {
    return await work(new AsyncEntry(SERVICE, origin));
  } catch (error) {
    throw new KeychainError(
      `This system's keychain cannot be used (${error instanceof Error ? error.message : "no reason given"}).`,
    );
  }
}
