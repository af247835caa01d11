/**
 * Why a text lies in the clear, where several columns have one reason. What is deleted stays in the history of D1 for 30 days, so a text
 * that tells of somebody is sealed under a key of theirs unless a reason is written down for it; docs/STORAGE.md shows them all.
 */

export const ON_THE_HUB = "The Hub is searched by these words while somebody publishes a profile that holds them.";

export const WORDS_OF_OURS = "Our own words, as they were shown: the same for everybody.";

export const OF_THE_PROGRAM = "A word or a number of the program’s own.";

export const A_FINGERPRINT = "A fingerprint: it says nothing by itself.";
