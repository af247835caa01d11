import { DAY_MS, ERASURE_RECEIPT_MS, LOG_RETENTION_MS } from "../../protocol/retention.ts";
import type { LawfulBasis, Recipient, Words } from "./rules.ts";

/** What lies outside D1's tables: objects in R2, the rooms' own storage, logs, and what the companion keeps on the person's disk. */
export interface Holding {
  /** R2: the beginning of the key. Room: the table's name. Disk: the end of the file's name. */
  name: string;
  where: "store" | "room" | "index" | "disk";
  purpose: Words;
  /** `none` where it lies with the person and not with us. */
  lawfulBasis: LawfulBasis | "none";
  recipients: readonly Recipient[];
  until: Words;
  /** How it is in the export, and how the erasure reaches it. */
  exported: boolean;
  erased: "with-row" | "with-session" | "forgotten" | "by-age" | "by-person" | "nobody-named";
}

const withRow = { en: "with its row", de: "mit ihrer Zeile" };
const withSession = { en: "until the session is deleted", de: "bis die Session gelöscht wird" };
const yours = { en: "as long as you keep it", de: "so lange du sie behältst" };
const own = { where: "disk", lawfulBasis: "none", exported: false, erased: "by-person", until: yours } as const;
const room = { where: "room", lawfulBasis: "contract", until: withSession } as const;

export const holdings: readonly Holding[] = [
  {
    name: "recordings/",
    where: "store",
    purpose: {
      en: "A shared stem, the parts of one that is being uploaded, and its waveform.",
      de: "Eine geteilte Spur, die Teile einer Spur im Upload, und ihre Wellenform.",
    },
    lawfulBasis: "contract",
    recipients: ["collaborators", "operators"],
    until: withRow,
    exported: true,
    erased: "with-row",
  },
  {
    name: "samples/",
    where: "store",
    purpose: { en: "The sound on a profile.", de: "Die Hörprobe auf einem Profil." },
    lawfulBasis: "consent",
    recipients: ["public"],
    until: { en: "until it is replaced or taken away", de: "bis sie ersetzt oder weggenommen wird" },
    exported: true,
    erased: "with-row",
  },
  {
    name: "exports/",
    where: "store",
    purpose: {
      en: "The pieces of a copy that a person asked for.",
      de: "Die Stücke einer Kopie, die eine Person wollte.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    until: withRow,
    exported: false,
    erased: "with-row",
  },
  {
    name: "erasure-log/",
    where: "store",
    purpose: {
      en: "Under a seal, which account was erased: so that a database put back from before erases it again.",
      de: "Versiegelt, welches Konto gelöscht wurde: damit eine zurückgespielte ältere Datenbank es wieder löscht.",
    },
    lawfulBasis: "legal-obligation",
    recipients: [],
    until: {
      en: `${ERASURE_RECEIPT_MS / DAY_MS} days, as long as there is an older database`,
      de: `${ERASURE_RECEIPT_MS / DAY_MS} Tage, so lange es eine ältere Datenbank gibt`,
    },
    exported: false,
    erased: "by-age",
  },
  {
    name: "keys/",
    where: "store",
    purpose: {
      en: "The key, itself sealed, that a person’s address, devices, names of takes, requests and reports are sealed under: its end is the end of every copy. One for each conversation, each session’s name, what each member wrote in a room, and each day’s mails as well.",
      de: "Der selbst versiegelte Schlüssel, unter dem Adresse, Geräte, Namen von Aufnahmen, Anfragen und Meldungen einer Person liegen: Mit ihm endet jede Kopie. Dazu einer für jede Unterhaltung, für den Namen jeder Session, für das, was ein Mitglied in einem Raum schrieb, und für die Mails jedes Tages.",
    },
    lawfulBasis: "contract",
    recipients: [],
    until: {
      en: "until the account, the conversation or the session is deleted; a day’s key for four days",
      de: "bis das Konto, die Unterhaltung oder die Session gelöscht wird; der Schlüssel eines Tages vier Tage lang",
    },
    exported: false,
    erased: "with-row",
  },
  {
    name: "hub_search",
    where: "index",
    purpose: {
      en: "The full-text index over published profiles.",
      de: "Das Volltextverzeichnis über veröffentlichte Profile.",
    },
    lawfulBasis: "consent",
    recipients: ["public"],
    until: { en: "until the profile is made private", de: "bis das Profil privat gestellt wird" },
    exported: false,
    erased: "with-row",
  },
  {
    ...room,
    name: "log",
    purpose: {
      en: "The numbered log: transport, chat, notes, roles, who came and went. What somebody wrote is sealed under a key of theirs.",
      de: "Das nummerierte Protokoll: Transport, Chat, Notizen, Rollen, wer kam und ging. Was jemand schrieb, ist unter seinem eigenen Schlüssel versiegelt.",
    },
    recipients: ["collaborators"],
    exported: true,
    erased: "forgotten",
  },
  {
    ...room,
    name: "people",
    purpose: {
      en: "Names, sealed, and roles of members, and who was let in or sent out.",
      de: "Namen (versiegelt) und Rollen der Mitglieder, und wer hereingelassen oder hinausgeschickt wurde.",
    },
    recipients: ["collaborators"],
    exported: true,
    erased: "forgotten",
  },
  {
    ...room,
    name: "guests",
    purpose: {
      en: "Which of the people are guests, by their random ids.",
      de: "Wer davon Gast ist, unter zufälligen Kennungen.",
    },
    recipients: ["collaborators"],
    until: { en: "until they leave, for a day at most", de: "bis sie gehen, höchstens einen Tag" },
    exported: false,
    erased: "nobody-named",
  },
  {
    ...room,
    name: "phones",
    purpose: {
      en: "Which of the people are members’ phones, and whose, by their random ids.",
      de: "Was davon das Handy eines Mitglieds ist, und wessen, unter zufälligen Kennungen.",
    },
    recipients: ["collaborators"],
    until: {
      en: "until it is sent away, another takes its place, or its owner leaves",
      de: "bis es weggeschickt wird, ein anderes kommt oder die Person geht",
    },
    exported: false,
    erased: "forgotten",
  },
  {
    ...room,
    name: "notes",
    purpose: {
      en: "Which line of the log is a note's newest.",
      de: "Welche Zeile des Protokolls die neueste einer Notiz ist.",
    },
    recipients: [],
    exported: false,
    erased: "forgotten",
  },
  {
    ...room,
    name: "shares",
    purpose: {
      en: "How much of the log each member has written, by their random id, so that nobody can fill it.",
      de: "Wie viel jedes Mitglied ins Protokoll geschrieben hat, unter seiner zufälligen Kennung, damit niemand es füllen kann.",
    },
    recipients: [],
    exported: false,
    erased: "nobody-named",
  },
  {
    ...room,
    name: "tickets",
    purpose: {
      en: "Join tickets that were used, so that none counts twice.",
      de: "Benutzte Eintrittskarten, damit keine zweimal gilt.",
    },
    recipients: [],
    until: { en: "two minutes", de: "zwei Minuten" },
    exported: false,
    erased: "nobody-named",
  },
  {
    ...room,
    name: "states",
    purpose: {
      en: "Transport, settings and broadcast as they stand.",
      de: "Transport, Einstellungen und Übertragung, wie sie stehen.",
    },
    recipients: ["collaborators"],
    exported: false,
    erased: "nobody-named",
  },
  {
    name: "logs/",
    where: "store",
    purpose: {
      en: "The service’s log: what broke and what the jobs did, by names from the code, a request’s random number, and the number of a row that could not be read.",
      de: "Das Protokoll des Dienstes: was kaputtging und was die Aufgaben taten, mit Namen aus dem Code, der Zufallsnummer einer Anfrage und der Nummer einer Zeile, die sich nicht lesen ließ.",
    },
    lawfulBasis: "legitimate-interest",
    recipients: ["operators"],
    until: {
      en: `${LOG_RETENTION_MS / DAY_MS} days`,
      de: `${LOG_RETENTION_MS / DAY_MS} Tage`,
    },
    exported: false,
    erased: "nobody-named",
  },
  {
    ...own,
    name: ".wav",
    purpose: {
      en: "A stem as it was played, and what came from the others.",
      de: "Eine Spur, wie sie gespielt wurde, und was von den anderen kam.",
    },
    recipients: [],
  },
  {
    ...own,
    name: ".json",
    purpose: {
      en: "A stem’s place, clock map, hash, and whether it is shared; what is laid where in the project.",
      de: "Ort, Uhrenkarte und Prüfsumme einer Spur und ob sie geteilt ist; was wo im Projekt liegt.",
    },
    recipients: [],
  },
  { ...own, name: ".peaks", purpose: { en: "A waveform.", de: "Eine Wellenform." }, recipients: [] },
  {
    ...own,
    name: ".rpp",
    purpose: { en: "The session as a Reaper project.", de: "Die Session als Reaper-Projekt." },
    recipients: [],
  },
  {
    ...own,
    name: ".dawproject",
    purpose: { en: "The session as a DAWproject.", de: "Die Session als DAWproject." },
    recipients: [],
  },
  {
    ...own,
    name: ".mid",
    purpose: {
      en: "The session’s tempo, signatures and markers.",
      de: "Tempo, Taktarten und Marker der Session.",
    },
    recipients: [],
  },
  {
    ...own,
    name: ".copy",
    purpose: {
      en: "What a collaborator played in a take, sealed so that they alone can open it; where both have said yes.",
      de: "Was jemand anderes in einem Take gespielt hat, verschlüsselt, sodass nur sie oder er es öffnen kann; wo beide zugestimmt haben.",
    },
    recipients: [],
    until: {
      en: "until their own stem has arrived, or the first run after 30 days",
      de: "bis deren eigene Spur angekommen ist, oder zum ersten Lauf nach 30 Tagen",
    },
  },
  {
    ...own,
    name: "companion.lock",
    purpose: { en: "That a companion is at work in this folder.", de: "Dass ein Companion in diesem Ordner arbeitet." },
    recipients: [],
    until: { en: "while it is at work", de: "solange er arbeitet" },
  },
];
