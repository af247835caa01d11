import * as retention from "../../protocol/retention.ts";
import type { Words } from "./rules.ts";

/**
 * The policy's versions (G5), oldest first. What a version said is never edited: its numbers stand here in days as they were then, and the
 * newest are what the code keeps, or the check fails.
 */
export interface PolicyVersion {
  version: number;
  /** From when it counts. */
  fromAtMs: number;
  /** Whether everybody who has an account is written to about it. */
  isMaterial: boolean;
  /** What changed; `null` for the first. */
  change: Words | null;
  numbers: Record<string, number | string>;
}

const first: PolicyVersion["numbers"] = {
  "RECORDING_RETENTION_MS.free": 7,
  "RECORDING_RETENTION_MS.pro": 30,
  "RECORDING_RETENTION_MS.studio": "with the session",
  DOWNGRADE_GRACE_MS: 7,
  "EXPIRY_NOTICES_MS.0": 3,
  "EXPIRY_NOTICES_MS.1": 1,
  WAITLIST_RETENTION_AFTER_LAUNCH_MS: 90,
  WAITLIST_UNCONFIRMED_MS: 7,
  WITHDRAWAL_RETENTION_MS: 1096,
  REPORT_RETENTION_MS: 365,
  NOTICE_RETENTION_MS: 30,
  SENT_MAIL_RETENTION_MS: 30,
  DELETION_RECORD_RETENTION_MS: 365,
  TRANSACTION_RETENTION_MS: 2557,
  LOG_RETENTION_MS: 30,
  ERASURE_DEADLINE_MS: 30,
  UPLOAD_ABANDONED_AFTER_MS: 6,
};

const second: PolicyVersion["numbers"] = {
  ...first,
  ERASURE_RECEIPT_MS: 30,
  SIGN_IN_RETENTION_MS: 90,
  EXPORT_RETENTION_MS: 7,
  REQUEST_RETENTION_MS: 1096,
};

const third: PolicyVersion["numbers"] = { ...second, USAGE_RETENTION_MS: 400 };
const sixth: PolicyVersion["numbers"] = {
  ...third,
  MESSAGE_RETENTION_MS: 365,
  DELIVERY_RETENTION_MS: 365,
  HOLD_REVIEW_MAX_MS: 90,
};
const ninth: PolicyVersion["numbers"] = { ...sixth, RUN_RECORD_RETENTION_MS: 400 };
const tenth: PolicyVersion["numbers"] = { ...ninth, GUEST_RETENTION_MS: 1 };

export const policyVersions: readonly PolicyVersion[] = [
  { version: 1, fromAtMs: Date.UTC(2026, 10, 25), isMaterial: false, change: null, numbers: first },
  {
    version: 2,
    fromAtMs: Date.UTC(2026, 10, 26),
    // Nothing is kept longer than before: what is new comes with what a person asks for themselves.
    isMaterial: false,
    change: {
      en: "Your account has a page for your rights: a copy of everything, restriction, requests with a date, deletion. What these leave behind, and how long sign-ins are remembered, is said.",
      de: "Dein Konto hat eine Seite für deine Rechte: Kopie von allem, Einschränkung, Anfragen mit Datum, Löschung. Was davon bleibt, und wie lange Anmeldungen gemerkt werden, steht jetzt da.",
    },
    numbers: second,
  },
  {
    version: 3,
    fromAtMs: Date.UTC(2026, 10, 26, 12),
    // No person is in what is new.
    isMaterial: false,
    change: {
      en: "We count how often each part of the service is used in a day. No person is in these totals, small ones are deleted, and you can object.",
      de: "Wir zählen, wie oft jeder Teil des Dienstes am Tag benutzt wird. Personen kommen in diesen Summen nicht vor, kleine löschen wir, und du kannst widersprechen.",
    },
    numbers: third,
  },
  {
    version: 4,
    fromAtMs: Date.UTC(2026, 10, 26, 15),
    // What is new is kept for whoever writes or gets a message, and is said where it is written.
    isMaterial: false,
    change: {
      en: "What members write to each other lies on the site and no longer in mails: it is kept for a year, and goes sooner with a deleted conversation or with either account.",
      de: "Was sich Mitglieder schreiben, steht auf der Seite und nicht mehr in Mails: Es bleibt ein Jahr und geht früher, wenn das Gespräch gelöscht wird oder eines der beiden Konten.",
    },
    numbers: { ...third, MESSAGE_RETENTION_MS: 365 },
  },
  {
    version: 5,
    fromAtMs: Date.UTC(2026, 10, 26, 17),
    // It shows a person more of what there is about their own sound; nothing else is kept longer.
    isMaterial: false,
    change: {
      en: "For a year you can see who received what you shared, and when. If you delete a recording or your account, those people’s companions are asked to delete their copies.",
      de: "Ein Jahr lang kannst du sehen, wer wann bekommen hat, was du geteilt hast. Löschst du eine Aufnahme oder dein Konto, werden die Companions der anderen gebeten, ihre Kopien zu löschen.",
    },
    numbers: { ...third, MESSAGE_RETENTION_MS: 365, DELIVERY_RETENTION_MS: 365 },
  },
  {
    version: 6,
    fromAtMs: Date.UTC(2026, 10, 26, 18),
    isMaterial: false,
    change: {
      en: "A named investigation may keep one account’s data, or the service’s log of some days, from being deleted. It has a reason, somebody who answers for it, and is looked at again after 90 days at the latest; released, what waited for it goes.",
      de: "Eine benannte Untersuchung kann die Daten eines Kontos oder das Protokoll einiger Tage vor dem Löschen bewahren. Sie hat einen Grund und jemanden, der für sie einsteht, und wird spätestens nach 90 Tagen neu geprüft; mit der Freigabe geht, was darauf gewartet hat.",
    },
    numbers: sixth,
  },
  {
    version: 7,
    fromAtMs: Date.UTC(2026, 10, 26, 20),
    // It shows a person what they agreed to; nothing else is kept, or longer.
    isMaterial: false,
    change: {
      en: "When you share in a session, we keep the words that you were shown, and likewise beside your objection to being counted. You see them in your account and take consent back there with one button; what you shared goes then.",
      de: "Wenn du in einer Session teilst, heben wir den Wortlaut auf, der dort stand, ebenso den neben deinem Widerspruch gegen die Zählung. In deinem Konto siehst du beides und nimmst eine Zustimmung mit einem Knopf zurück; was du geteilt hast, geht dann.",
    },
    numbers: sixth,
  },
  {
    version: 8,
    fromAtMs: Date.UTC(2026, 10, 26, 21),
    // What a decision says is kept for as long as the report that it is about was before.
    isMaterial: false,
    change: {
      en: "Who reports a profile or a take, and whoever it is about, get our decision with its reasons, and may appeal. Decision and appeal are kept for a year, as the report is.",
      de: "Wer ein Profil oder einen Take meldet und wen das betrifft, bekommt unsere Entscheidung mit Gründen und kann Beschwerde einlegen. Entscheidung und Beschwerde bleiben ein Jahr, wie die Meldung.",
    },
    numbers: sixth,
  },
  {
    version: 9,
    fromAtMs: Date.UTC(2026, 10, 26, 22),
    // No person is in what is new.
    isMaterial: false,
    change: {
      en: "What each run of our clearing out deleted, in numbers, is public in a chain of fingerprints, so that nobody can rewrite it unnoticed.",
      de: "Was jeder Lauf unseres Aufräumens gelöscht hat, steht in Zahlen öffentlich in einer Kette von Fingerabdrücken, damit es niemand unbemerkt umschreibt.",
    },
    numbers: ninth,
  },
  {
    version: 10,
    fromAtMs: Date.UTC(2026, 10, 27, 6),
    // It concerns people without an account, who read it at the door.
    isMaterial: false,
    change: {
      en: "Where a host allows it, people come into a session as guests, without an account. Their name is kept for a day at most and goes at once when they leave; a cookie of its own opens that one session.",
      de: "Wo ein Host es erlaubt, kommen Leute ohne Konto als Gäste in eine Session. Ihr Name bleibt höchstens einen Tag und geht sofort, wenn sie gehen; ein eigenes Cookie öffnet nur diese eine Session.",
    },
    numbers: tenth,
  },
  {
    version: 11,
    fromAtMs: Date.UTC(2026, 10, 27, 14),
    // It is off for everybody until they switch it on.
    isMaterial: false,
    change: {
      en: "In the companion you can let collaborators keep encrypted safety copies of what you play in takes, until your own take has arrived, or for 30 days. We hold none of them.",
      de: "Im Companion kannst du andere verschlüsselte Sicherheitskopien von dem behalten lassen, was du in Takes spielst, bis dein eigener Take angekommen ist, oder 30 Tage. Wir haben keine davon.",
    },
    numbers: tenth,
  },
  {
    version: 12,
    fromAtMs: Date.UTC(2026, 10, 27, 16),
    // It is off for everybody until they switch it on.
    isMaterial: false,
    change: {
      en: "Safety copies of takes, which were the companion's alone, are kept in browsers too, by whoever switches that on and for whoever does. You can have those deleted that people who are there have of you.",
      de: "Sicherheitskopien von Takes, die es nur im Companion gab, liegen auch in Browsern, bei denen und von denen, die das einschalten. Du kannst alle löschen lassen, die Anwesende von dir haben.",
    },
    numbers: tenth,
  },
  {
    version: 13,
    fromAtMs: Date.UTC(2026, 10, 27, 17),
    // Nobody plays notes who has not named a port for them.
    isMaterial: false,
    change: {
      en: "What you play on a MIDI port that you name in the companion goes to the others in the session as notes, straight to them as your sound does. We keep none of it.",
      de: "Was du an einem MIDI-Port spielst, den du im Companion nennst, geht als Noten an die anderen in der Session, direkt wie dein Ton. Wir behalten nichts davon.",
    },
    numbers: tenth,
  },
];

/** The numbers that the code keeps today, in days, under the names of protocol/retention.ts. */
export function numbersOfTheCode(): PolicyVersion["numbers"] {
  const days = (value: unknown): number | string =>
    typeof value === "number" ? value / retention.DAY_MS : "with the session";
  return Object.fromEntries(
    Object.entries(retention).flatMap(([name, value]): [string, number | string][] => {
      if (!name.endsWith("_MS") || name === "DAY_MS") return [];
      if (typeof value !== "object") return [[name, days(value)]];
      return Object.entries(value).map(([key, each]) => [`${name}.${key}`, days(each)]);
    }),
  );
}

/** What a version changed in the numbers of the one before it: the rows that the page shows side by side. */
export function changedNumbers(
  version: PolicyVersion,
): { name: string; before: number | string | null; after: number | string | null }[] {
  const previous = policyVersions.find((one) => one.version === version.version - 1);
  if (previous === undefined) return [];
  const names = new Set([...Object.keys(previous.numbers), ...Object.keys(version.numbers)]);
  return [...names]
    .map((name) => ({ name, before: previous.numbers[name] ?? null, after: version.numbers[name] ?? null }))
    .filter(({ before, after }) => before !== after);
}
