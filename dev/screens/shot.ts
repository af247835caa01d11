import type { Page } from "playwright-core";

/** Somebody of the world that screens are taken in; `nobody` is signed out, and `guest` has no account. */
export const visitors = ["nobody", "ada", "ben", "cleo", "new", "guest", "operator"] as const;
export type Visitor = (typeof visitors)[number];

/** A page in a state that is worth looking at. */
export interface Shot {
  /** In the file's name: what it is, then in which state. */
  name: string;
  who: Visitor;
  path: string;
  /** What is no page of the site, such as a mail: its HTML, in place of an address. */
  draw?: (language: "en" | "de") => string;
  /** Before the page is loaded: what it will be told. */
  prepare?: (page: Page) => Promise<void>;
  /** What it comes into has room for one of its visitor: one language after the other. */
  alone?: boolean;
  /** Loaded anew at each width: its state, or what its script measures, is another there. Other pages are drawn by their style alone. */
  anew?: boolean;
  /** Brings the page into its state; it has just been loaded. */
  act?: (page: Page) => Promise<void>;
}
