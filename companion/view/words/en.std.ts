/** Every word of the session view in one language: a page loads its own and no other. */
import { en as agree } from "./agree.en.std.ts";
import { en as host } from "./host.en.std.ts";
import { en as record } from "./record.en.std.ts";
import { en as take } from "./take.en.std.ts";
import { en as video } from "./video.en.std.ts";
import { en as view } from "./view.en.std.ts";
import type { Words } from "./words.std.ts";

export const words: Words = { ...view, agree, host, take, record, video };
