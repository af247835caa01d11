/** Every word of the session view in one language: a page loads its own and no other. */
import { de as agree } from "./agree.de.std.ts";
import { de as host } from "./host.de.std.ts";
import { de as record } from "./record.de.std.ts";
import { de as take } from "./take.de.std.ts";
import { de as video } from "./video.de.std.ts";
import { de as view } from "./view.de.std.ts";
import type { Words } from "./words.std.ts";

export const words: Words = { ...view, agree, host, take, record, video };
