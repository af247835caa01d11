import { nodeDisk } from "./disk.node.ts";
import { hashOf } from "./disk.std.ts";

/** Lower-case hexadecimal SHA-256 of a file, streamed. */
export const sha256Of = (path: string): Promise<string> => hashOf(nodeDisk, path);
