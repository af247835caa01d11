/** What a letter is taken for at a glance (after UTS #39's confusables), among those that our own names are made of. */
const confusable: Record<string, string> = Object.fromEntries(
  [
    ["a", "4@аαɑ"],
    ["b", "в"],
    ["c", "сϲ"],
    ["d", "ԁ"],
    ["e", "3€еєε"],
    ["i", "1l|!ıіӏιɩ"],
    ["k", "кκ"],
    ["m", "м"],
    ["n", "ηпո"],
    ["o", "0оοσօ"],
    ["p", "рρ"],
    ["r", "г"],
    ["s", "5$ѕ"],
    ["t", "7тτ"],
    ["u", "υս"],
    ["x", "хχ"],
    ["y", "у"],
  ].flatMap(([letter = "", others = ""]) => [...others].map((other) => [other, letter])),
);

/** How a word looks: no accents, no case, each sign the letter that it is taken for; `l` and `i` are one, and so are `rn` and `m`. */
const looks = (word: string): string =>
  [...word.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()]
    .map((sign) => confusable[sign] ?? sign)
    .join("")
    .replaceAll("rn", "m");

const set = (words: string) => new Set(words.split(/\s+/).map(looks));
/** One of these makes a name look like ours, whatever stands beside it. */
const alone = set("admin admins administrator administrators administration sysadmin moderator moderators webmaster");
/** These do where a name holds nothing else. */
const together = set(
  `support supporter team staff official service services security system help helpdesk desk operator customer
   technical tech billing privacy abuse info contact the your our und and kundendienst kundenservice hilfe sicherheit
   verwaltung moderation offiziell offizielle offizieller noreply postmaster root`,
);
const us = looks("sessionlinked");
const words = [...alone, ...together];

/**
 * Whether a text is nothing but such words, one behind the other. Each place is looked at once: "helpdesk" is a word and two words as well, and
 * whatever tries each way of reading it again has twice the work with every one more (fault X26).
 */
function isMadeOfThem(text: string): boolean {
  const isEnd = new Set([0]);
  for (let at = 0; at < text.length; at++) {
    if (!isEnd.has(at)) continue;
    for (const word of words) if (text.startsWith(word, at)) isEnd.add(at + word.length);
  }
  return isEnd.has(text.length);
}

/**
 * Whether a name passes for the house itself: "SessionLinked Support", "Sessi0nLinked", "Admin Team". Mails begin with the name of whoever
 * caused them, so such a name would speak for us.
 */
export function passesForUs(name: string): boolean {
  const parts = name.split(/[^\p{L}\p{M}\p{N}@$€|!]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((part) => part !== "");
  const looking = parts.map(looks);
  const whole = looking.join("");
  if (whole.includes(us)) return true;
  // "admin1", "support_24": digits at the ends are no letters.
  const bare = parts.map((part) => looks(part.replaceAll(/^\p{N}+|\p{N}+$/gu, ""))).filter((word) => word !== "");
  if ([...looking, ...bare].some((word) => alone.has(word))) return true;
  return bare.length > 0 && isMadeOfThem(bare.join(""));
}
