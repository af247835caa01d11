/** What a letter is taken for at a glance (after UTS #39's confusables), among those that our own names are made of. */
const confusable: Record<string, string> = Object.fromEntries(
  [
    ["a", "4@аαɑᴀꭺꓮ"],
    ["b", "вʙ"],
    ["c", "сϲᴄ"],
    ["d", "ԁđᴅð₫"],
    ["e", "3€еєεᴇ"],
    ["i", "1l|!ıіӏιɩɪʟłℓƚ"],
    ["k", "кκᴋ"],
    ["m", "мᴍ"],
    ["n", "ηпոɴŋ"],
    ["o", "0оοσօøᴏ°"],
    ["p", "рρᴘ"],
    ["r", "гʀ"],
    ["s", "5$ѕꜱꮪ"],
    ["t", "7тτŧᴛꭲ"],
    ["u", "υսᴜ"],
    ["x", "хχ"],
    ["y", "уʏ"],
  ].flatMap(([letter = "", others = ""]) => [...others].map((other) => [other, letter])),
);

/** How a word looks: no accents, no case, each sign the letter that it is taken for; `l` and `i` are one, and so are `rn` and `m`. */
const looks = (word: string): string =>
  [...word.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()]
    .map((sign) => confusable[sign] ?? sign)
    .join("")
    .replaceAll("ß", "ss")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");

const set = (words: string) => new Set(words.split(/\s+/).map(looks));
/** One of these makes a name look like ours, whatever stands beside it. */
const alone = set(
  `admin admins administrator administrators administratorin administration sysadmin moderator moderators moderatorin
   moderatoren webmaster`,
);
/** These do where a name holds nothing else. */
const together = set(
  `support supporter team staff official service services security system help helpdesk desk operator customer
   technical tech billing privacy abuse info contact the your our und and kunden kundendienst kundenservice hilfe sicherheit
   datenschutz dienst
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
  const parts = name.split(/[^\p{L}\p{M}\p{N}\p{Sc}@|!°]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((part) => part !== "");
  const looking = parts.map(looks);
  const whole = looking.join("");
  if (whole.includes(us)) return true;
  // "admin1", "support_24": digits at the ends are no letters.
  const bare = parts.map((part) => looks(part.replaceAll(/^\p{N}+|\p{N}+$/gu, ""))).filter((word) => word !== "");
  if ([...looking, ...bare].some((word) => alone.has(word))) return true;
  return bare.length > 0 && isMadeOfThem(bare.join(""));
}
