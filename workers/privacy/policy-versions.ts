import * as retention from "../../protocol/retention.ts";
import type { Words } from "./rules.ts";

/**
 * The policy's versions (G5), oldest first. What a version said is never edited: its text is kept in
 * site/policies under the hash that stands here, its numbers are those of that day, and the newest are what the code keeps, or the check fails.
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
  /** Of its text as it is kept in each language (site/policies), in hex. */
  sha256: Words;
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
  {
    version: 1,
    fromAtMs: Date.UTC(2026, 10, 25),
    isMaterial: false,
    change: null,
    numbers: first,
    sha256: {
      en: "c872d12eb711c6f8d59043393155b6c15fc3fb4694281586a9f3829a4f83e744",
      de: "5a2192eaeea14116168384a5ad26ff16c4c91eab1c88132d59c5ab97ff28aaa8",
    },
  },
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
    sha256: {
      en: "62b744f045107e676ea8052937ac77b5a296b2ab34209a6783f9039d13ccab66",
      de: "5d0e37ae5912f41ea924ef3487b034bfc9e06e972ef5073c5b733348ca25a005",
    },
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
    sha256: {
      en: "a04d55adb2461107ae3b8aaa08c74ad730b0a708c3cec985f8f8b223c120e688",
      de: "8f0ee4d6866fd9dfcfbaa6609ff33ddd9fa31f6f84babe19954ded0316b9ccc8",
    },
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
    sha256: {
      en: "0a88003ac8c4ad5ab0c38759764098bf0862ee99c9aafcae0c3cf55acc0b62da",
      de: "8a349dee6ec5de46f650ecac87bf40fd7d8e85f88e53d407e032e89126118109",
    },
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
    sha256: {
      en: "cedd8e9331de36f3a560ffedab42983e932516d04ac594366930c100c0ecaf32",
      de: "955d8c1acd2dfe8f9de219ef086a7ec82798d38a024ce175f2e96802ae69042c",
    },
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
    sha256: {
      en: "ad6ff07a5fef3f10e3b4c613b1ffc66d06d1f6b464212921fe137af944e997c1",
      de: "d093ebdc7990489885bf3761488eb264433e42a481cd1e43f9de2bfdf6e2e4db",
    },
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
    sha256: {
      en: "a17b2fcb339ca2e95aec042307b7c8fe32a2840a7c0f08340d974205a3355094",
      de: "8f47e9b8d3ad094f80e3e816fe61acfca9344d65ea1aca3d6c37d4226ef3e898",
    },
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
    sha256: {
      en: "7f842570fedb95bd7029154ab1ee4a84170c84135333c4c945db0a8677b3f014",
      de: "1a411cea7072dced0dd54309facb10a9e52ee50dc147e7197b96ace2a0c67290",
    },
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
    sha256: {
      en: "36c5170a82cf586bd6ef2b0df50a44ff6cb04a7141328e55953f2368e366a185",
      de: "60a5c172164ca9eeddeebdb9ff8aec9c6788c560cd04a9a9ada6d90b07b5d1a8",
    },
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
    sha256: {
      en: "a77cef92c2481eee6ab07645313fc585f8310b69815b4571c67f745f4b526cd0",
      de: "f316648d3a49fec5d4d11ca6414378dba4678e5087dc6d7406580b67cb40bca9",
    },
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
    sha256: {
      en: "13dd9df790148bfab8938be18a782219694a6bfa74ab0a64ff50cb32130d4f8f",
      de: "701fd9a9dd32d84a57640f60d07b797b8c103f6070fd657f9f8313e81d42fd67",
    },
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
    sha256: {
      en: "84955eb5d35769fec5d7e6ba722a3983b84a14002aed9f5923fafd3182d39e96",
      de: "e626dd31e9ac1239dedd7477aa8eab8e79dcdcb5ebb1ff0e8380464e99f16653",
    },
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
    sha256: {
      en: "14d162f2bfce6426444da6a58768afaadb24b313aba2ba95b2c24e338ae2503d",
      de: "3ebe52c0c69bf1092b72006ec980bf093611d65944b68618d1ec1a20e5671d79",
    },
  },
  {
    version: 14,
    fromAtMs: Date.UTC(2026, 10, 27, 23),
    // One more person may hear what somebody shared; but nobody had an account before it, since nothing has been released.
    isMaterial: false,
    change: {
      en: "If somebody in a session reports a take, one of us may listen to it before we decide what to do. It is noted, and whose take it is sees that.",
      de: "Meldet jemand in einer Session einen Take, darf eine Person von uns ihn anhören, bevor wir entscheiden. Das wird vermerkt, und wem der Take gehört, sieht es.",
    },
    numbers: tenth,
    sha256: {
      en: "1a3ce7076fd36886b4f54cc1dd92e756378d0bd6170176a210236b073c01fb69",
      de: "647101feed0a576b6730ad30199715568899ff218b616de6b66512126e52f337",
    },
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
