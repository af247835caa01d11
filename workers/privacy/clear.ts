/**
 * Why a text lies in the clear, where several columns have one reason. What is deleted stays in the history of D1 for 30 days, so a text
 * that tells of somebody is sealed under a key of theirs unless a reason is written down for it; docs/STORAGE.md shows them all.
 */

/** Read where many people are listed at once, a key a name: it needs a copy sealed for those who read the list. */
export const IN_LISTS = "A name in lists of many people, each of whom would need every other’s key.";

/** The Hub is searched by these words. A profile that is private has them as well, so that it is published and found in one step. */
export const ON_THE_HUB = "The Hub is searched by it, and shows it to everybody once its owner publishes it.";

export const WORDS_OF_OURS = "Our own words, as they were shown: the same for everybody.";

export const OF_THE_PROGRAM = "A word or a number of the program’s own.";

export const A_FINGERPRINT = "A fingerprint: it says nothing by itself.";
