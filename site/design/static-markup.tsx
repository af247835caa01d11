import { raw } from "hono/html";
import type { Page } from "./page.ts";

/** What markup may know of a request when it is the same for everybody who reads a language: nothing of who reads. */
export type Reading = Pick<Page, "language" | "languageAsked">;

/**
 * Static markup: rendered at its first reader and kept for as long as the isolate lives, once for each language. Its renderer sees a language
 * and no more, so nothing of one reader can be kept for the next. What waits for something is not static.
 */
export function renderedOnce(render: (reading: Reading) => { toString(): string | Promise<string> }) {
  const kept = new Map<string, string>();
  return ({ language, languageAsked }: Reading) => {
    const key = `${language} ${languageAsked}`;
    const html = kept.get(key) ?? render({ language, languageAsked }).toString();
    if (typeof html !== "string") throw new TypeError("Static markup waits for nothing.");
    kept.set(key, html);
    return raw(html);
  };
}
