/** NIST SP 800-63B section 3.1.1.2: length counts; no rule about kinds of characters; what everybody tries first is refused. */
export const PASSWORD_MIN_CHARS = 12;

/** Of the words that guessing begins with. A password that is one of them, or two, with digits at its ends, is refused. */
const common = new Set(
  `password passwort passwords passw0rd p4ssword qwerty qwertz qwertyuiop qwertzuiop azerty asdfgh asdfghjkl zxcvbnm yxcvbnm iloveyou
  ichliebedich letmein welcome willkommen admin administrator root login master monkey dragon sunshine princess football baseball
  superman batman starwars pokemon minecraft charlie jordan michael jennifer liverpool arsenal chelsea hallo schatz geheim secret
  changeme trustno1 whatever freedom summer winter sommer computer internet musik music guitar gitarre drums studio session
  sessionlinked test tester testing example abc abcd abcdef love liebe god jesus star angel engel monday`.split(/\s+/),
);
const rows = [
  "0123456789",
  "9876543210",
  "abcdefghijklmnopqrstuvwxyz",
  "zyxwvutsrqponmlkjihgfedcba",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
];

export type Verdict = "empty" | "short" | "common" | "personal" | "simple" | "fair" | "strong";
export const isAccepted = (verdict: Verdict) => verdict === "fair" || verdict === "strong";

/** Characters as a person counts them. */
export const lengthOf = (password: string) => [...password.normalize("NFKC")].length;

/** Letters beside what they are often written as. */
const plain = (text: string) =>
  text.replaceAll(/[@4]/g, "a").replaceAll("3", "e").replaceAll("0", "o").replaceAll(/[$5]/g, "s").replaceAll("1", "i");

function isCommon(text: string): boolean {
  const bare = text.replaceAll(/^[\d\W_]+|[\d\W_]+$/g, "");
  for (const word of [text, bare, plain(bare)]) {
    if (common.has(word)) return true;
    for (let cut = 3; cut <= word.length - 3; cut++)
      if (common.has(word.slice(0, cut)) && common.has(word.slice(cut).replaceAll(/^[\d\W_]+/g, ""))) return true;
  }
  return false;
}

/** How many characters remain when runs along the keyboard or alphabet, repetitions and repeated blocks count once. */
function effectiveLength(text: string): number {
  const block = /^(.{1,8}?)\1+.{0,7}$/su.exec(text)?.[1];
  if (block !== undefined) return [...block].length + 1;
  let length = 0;
  let run = "";
  for (const char of text) {
    const longer = run + char;
    const isRun =
      longer.length === 1 || [...longer].every((each) => each === char) || rows.some((row) => row.includes(longer));
    if (isRun) {
      run = longer;
      if (run.length <= 2) length++;
    } else {
      run = char;
      length++;
    }
  }
  return length;
}

/**
 * A rough opinion, made on this machine and sent nowhere. `personal` are the person's own name and address: a password that is little
 * more than one of them is the first guess of whoever knows them.
 */
export function judge(password: string, personal: readonly string[] = []): Verdict {
  const text = password.normalize("NFKC").toLowerCase();
  const length = lengthOf(password);
  if (length === 0) return "empty";
  if (length < PASSWORD_MIN_CHARS) return "short";
  if (isCommon(text)) return "common";
  const parts = personal.flatMap((each) => each.toLowerCase().split(/[\s@.]+/)).filter((part) => part.length >= 4);
  const rest = parts.reduce((left, part) => left.replaceAll(part, ""), text);
  if (rest.length < 6 && rest.length < text.length) return "personal";
  const effective = effectiveLength(rest);
  if (effective < 8 || new Set(text).size < 5) return "simple";
  return effective >= 18 || (effective >= 14 && new Set(text).size >= 10) ? "strong" : "fair";
}
