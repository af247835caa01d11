import type { Page } from "playwright-core";

/** Somebody of the world that screens are taken in; `nobody` is signed out. */
export const visitors = ["nobody", "ada", "ben", "cleo", "new"] as const;
export type Visitor = (typeof visitors)[number];

/** A page in a state that is worth looking at. */
export interface Shot {
  /** In the file's name: what it is, then in which state. */
  name: string;
  who: Visitor;
  path: string;
  /** Before the page is loaded: what it will be told. */
  prepare?: (page: Page) => Promise<void>;
  /** Brings the page into its state; it has just been loaded. */
  act?: (page: Page) => Promise<void>;
}
