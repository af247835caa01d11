import { assertNever } from "../../protocol/errors.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { holdingName } from "../../site/i18n/holdings.ts";
import type { Recipient, Retention, Rule, Words } from "./rules.ts";

const DAYS_OF_A_YEAR = 365;

const plural = (count: number, [one, many]: readonly [string, string]) => `${count} ${count === 1 ? one : many}`;

/** Whole years where it is some (leap days belong to them), else days. */
function length(ms: number): Words {
  const days = Math.round(ms / DAY_MS);
  const years = Math.floor(days / DAYS_OF_A_YEAR);
  return years > 0 && days - years * DAYS_OF_A_YEAR <= Math.ceil(years / 4)
    ? { en: plural(years, ["year", "years"]), de: plural(years, ["Jahr", "Jahre"]) }
    : { en: plural(days, ["day", "days"]), de: plural(days, ["Tag", "Tage"]) };
}

/** What a moment is called that a length of keeping is counted from. */
const moments: Record<string, Words> = {
  endedAtMs: { en: "it has been sent or given up", de: "sie gesendet oder aufgegeben ist" },
  releasedAtMs: { en: "it is released", de: "der Freigabe" },
  deliveredAtMs: { en: "the delivery", de: "der Lieferung" },
  wishedAtMs: { en: "the wish for deletion", de: "dem Löschwunsch" },
  joinedAtMs: { en: "they came in", de: "dem Hereinkommen" },
  dayMs: { en: "the day", de: "dem Tag" },
  atMs: { en: "it happened", de: "dem Ereignis" },
  lastUsedAtMs: { en: "its last use", de: "der letzten Benutzung" },
  consentedAtMs: { en: "the consent", de: "der Einwilligung" },
  lastMessageAtMs: { en: "its last message", de: "der letzten Nachricht" },
  withdrawnAtMs: { en: "the withdrawal", de: "dem Widerruf" },
  createdAtMs: { en: "it came", de: "dem Eingang" },
  closedAtMs: { en: "it is closed", de: "dem Abschluss" },
  decidedAtMs: { en: "the decision", de: "der Entscheidung" },
  finishedAtMs: { en: "it has finished", de: "dem Ende" },
  firstExpiresAtMs: {
    en: "the first recording it speaks of has ended",
    de: "dem Ende der ersten Aufnahme, von der sie spricht",
  },
};

/** What a row is called in which a moment is missing. */
const missing: Record<string, Words> = {
  closedAtMs: { en: "never closed", de: "nie abgeschlossen" },
  ownerAccountId: {
    en: "once the owner’s account has gone",
    de: "wenn das Konto der Person gelöscht ist, der es gehörte",
  },
};
const unconfirmed: Words = { en: "unconfirmed", de: "unbestätigt" };

/** A length of keeping as people read it; the numbers are the rule's own. */
function retentionWords(retention: Retention<string>): Words {
  switch (retention.kind) {
    case "until":
      return { en: "until it expires", de: "bis sie abläuft" };
    case "after": {
      const { en, de } = length(retention.ms);
      const moment = moments[retention.column];
      if (moment === undefined) throw new Error(`No words for the moment ${retention.column}.`);
      const words = { en: `${en} after ${moment.en}`, de: `${de} nach ${moment.de}` };
      if (retention.whileEmpty === undefined) return words;
      const state = missing[retention.whileEmpty] ?? unconfirmed;
      return { en: `${state.en}: ${words.en}`, de: `${state.de}: ${words.de}` };
    }
    case "after-launch": {
      const { en, de } = length(retention.ms);
      return { en: `${en} after the launch at most`, de: `höchstens ${de} nach dem Start` };
    }
    case "with-subject":
      return {
        en: "until it is taken back or the account is deleted",
        de: "bis es zurückgenommen oder das Konto gelöscht wird",
      };
    case "with":
    case "follows":
      return {
        en: `as long as what it belongs to under “${holdingName("en", retention.table)}”`,
        de: `so lange wie das, wozu es unter „${holdingName("de", retention.table)}“ gehört`,
      };
    case "overwritten":
      return { en: "until the next run overwrites it", de: "bis der nächste Lauf es überschreibt" };
    case "job":
      return retention.until;
    default:
      return assertNever(retention);
  }
}

/** All of a table's lengths together: whichever comes first. */
export function keptFor(rule: Rule<string>): Words {
  const each = rule.retention.map(retentionWords);
  return { en: each.map(({ en }) => en).join("; "), de: each.map(({ de }) => de).join("; ") };
}

/** Who sees it, for people. */
export const recipientWords: Record<Recipient, Words> = {
  collaborators: { en: "those in the same session", de: "wer in derselben Session ist" },
  correspondent: { en: "the other of the two", de: "die andere Person" },
  public: { en: "everybody, once published", de: "alle, sobald veröffentlicht" },
  mail: { en: "the mail’s receiver", de: "wer die Mail bekommt" },
  operators: { en: "a person of ours", de: "jemand von uns" },
};
