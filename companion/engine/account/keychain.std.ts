/** Where a companion keeps its token between launches (promise A7): the operating system's own store, never a file of ours. */
export interface Keychain {
  /** The token kept for this origin, or `null`. */
  read(origin: string): Promise<string | null>;
  /** Throws `KeychainError` where the system has no store that is open: then the token lives as long as the process. */
  write(origin: string, token: string): Promise<void>;
  erase(origin: string): Promise<void>;
}

export class KeychainError extends Error {
  override readonly name = "KeychainError";
}
