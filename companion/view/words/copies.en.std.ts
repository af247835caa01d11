/** What is said of copies: those that owners wish gone, and those that come to this computer. */
import type { DeliveryState } from "../../engine/delivery/delivery-report.std.ts";

export const en = {
  wishes: "Copies that are to go",
  wish: (name: string, who: string | null, when: string) =>
    who === null
      ? `The owner of ${name} deleted it on ${when} and asks you to delete your copy.`
      : `${who} deleted ${name} on ${when} and asks you to delete your copy.`,
  unnamed: "a recording",
  /** The copy is in the folder that this app keeps. */
  here: "It lies in this session's folder, and goes from there and from its projects.",
  elsewhere: "It lies where you saved it: delete it there, then say so. The owner sees what you did.",
  obeyHere: "Delete my copy",
  obeyElsewhere: "I have deleted it",
  keep: "Keep it",
  receipt: (name: string, answer: "deleted" | "kept", when: string) =>
    answer === "deleted"
      ? `${name}: deleted. Its owner was told at ${when}.`
      : `${name}: kept. Its owner was told at ${when}.`,
  deliveries: "What comes to this computer",
  free: (free: string) => `${free} free on this disk`,
  none: "The others have shared nothing yet. What they share comes here by itself, unless you choose otherwise.",
  from: (who: string, size: string) => `From ${who}: ${size}`,
  all: "All of theirs",
  fetch: "Fetch",
  fetchNamed: (name: string) => `Fetch ${name}`,
  states: {
    here: "is here",
    coming: "is coming",
    waiting: "waits",
    asked: "large, waits for your yes",
    declined: "stays away",
  } satisfies Record<DeliveryState, string>,
};
export type CopiesWords = typeof en;
