/**
 * Why a text lies in the clear, where several columns have one reason. What is deleted stays in the history of D1 for 30 days, so a text
 * that tells of somebody is sealed under a key of theirs unless a reason is written down for it; docs/STORAGE.md shows them all.
 */

/** The Hub's page is one statement and reads no key: a profile needs a copy of its own first, there while it is published. */
export const SHOWN_ON_THE_HUB = "The Hub shows it with a published profile, and it is read there from the account.";

/** The Hub is searched by these words. A profile that is private has them as well, so that it is published and found in one step. */
export const ON_THE_HUB = "The Hub is searched by it, and shows it to everybody once its owner publishes it.";

export const WORDS_OF_OURS = "Our own words, as they were shown: the same for everybody.";

export const OF_THE_PROGRAM = "A word or a number of the program’s own.";

export const A_FINGERPRINT = "A fingerprint: it says nothing by itself.";
