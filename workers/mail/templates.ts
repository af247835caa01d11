import { date, dateTime, number } from "../../site/i18n/format.ts";
import type { Language } from "../../site/i18n/language.ts";

/** What a mail says, before it is set as text and as HTML. */
export interface MailContent {
  subject: string;
  paragraphs: string[];
  action?: { label: string; href: string };
  /** Why this person gets it. */
  reason: string;
  /** Where one click ends mails of this kind. */
  unsubscribeUrl?: string;
}

/** What each template is filled with. Nothing here names another person but by the display name they show in a session. */
export interface Values {
  "sign-up": { link: string };
  "sign-up-known": { link: string };
  reset: { link: string; takeBack: string };
  "new-address": { link: string };
  "address-asked": { email: string; takeBack: string };
  "address-changed": { takeBack: string };
  "credentials-changed": {
    what:
      | "password"
      | "passkey-added"
      | "passkey-removed"
      | "second-factor-on"
      | "second-factor-off"
      | "recovery-codes"
      | "recovery-used";
    link: string;
    takeBack: string;
  };
  "recordings-ending": { count: number; firstAtMs: number; link: string };
  downgrade: { tier: string; count: number; firstAtMs: number; link: string };
  message: { from: string; link: string };
  "hub-invite": { from: string; session: string; link: string; answer: string };
  "waitlist-confirm": { link: string; unsubscribe: string };
  launch: { link: string; unsubscribe: string };
  news: { title: string; text: string; link: string; unsubscribe: string };
  "erase-confirm": { link: string };
  erased: { link: string };
  "request-changed": { link: string };
  "requests-due": { count: number; firstDueAtMs: number; link: string };
  "hold-due": { link: string };
  breach: { text: string; link: string };
  "notices-due": { count: number; firstDueAtMs: number; link: string };
  "export-ready": { link: string; untilMs: number };
  "policy-change": { text: string; fromAtMs: number; link: string };
}
export type Template = keyof Values;

/** Marketing goes only to who asked for it, and each carries its one-click way out (B2, B4). */
export const marketing: readonly Template[] = ["launch", "news"];

/** A name in a sentence of ours: where it is written from right to left it keeps to itself (UAX #9, isolates). */
const own = (name: string) =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(name)
    ? `\u2068${name}\u2069`
    : name;
/** Written to everybody at once: behind whatever one person waits for, and so many in a run. */
export const broadcastTemplates: readonly Template[] = [...marketing, "policy-change"];

type Catalogue = { [Name in Template]: (values: Values[Name]) => MailContent };

const en: Catalogue = {
  "sign-up": ({ link }) => ({
    subject: "Confirm your address",
    paragraphs: ["One step and your account is there: choose what you sign in with. The link works once, for a day."],
    action: { label: "Confirm and go on", href: link },
    reason:
      "Somebody gave this address to open a SessionLinked account. If that was not you, do nothing: no account will be made.",
  }),
  "sign-up-known": ({ link }) => ({
    subject: "You already have an account",
    paragraphs: [
      "Somebody, probably you, tried to open an account with this address. There is one already, and nothing has changed.",
      "If you cannot sign in any more, set a new password.",
    ],
    action: { label: "Set a new password", href: link },
    reason: "You have a SessionLinked account under this address.",
  }),
  reset: ({ link, takeBack }) => ({
    subject: "Set a new password",
    paragraphs: [
      "The link works once, for an hour. When the new password is set, every device is signed out.",
      `If that was not you, your password stays as it is. This cancels the link:\n${takeBack}`,
    ],
    action: { label: "Set a new password", href: link },
    reason: "Somebody asked for this at the sign-in page.",
  }),
  "new-address": ({ link }) => ({
    subject: "Confirm your new address",
    paragraphs: [
      "From the moment you confirm it, SessionLinked writes to this address only. The link works once, for a day.",
    ],
    action: { label: "Confirm this address", href: link },
    reason: "A SessionLinked account asked to use this address.",
  }),
  "address-asked": ({ email, takeBack }) => ({
    subject: "Your account is about to get another address",
    paragraphs: [
      `Somebody who is signed in to your account asked to move it to ${email}. It moves once the link in the mail there is opened. If that was you, there is nothing to do here.`,
      "If not, stop it: everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: stop it", href: takeBack },
    reason: "We write before your address changes, not just afterwards.",
  }),
  "address-changed": ({ takeBack }) => ({
    subject: "Your address was changed",
    paragraphs: [
      "Your account now uses another e-mail address. If that was you, there is nothing to do.",
      "If not, take it back within a week: the account gets this address again, anything added since is removed, everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: take it back", href: takeBack },
    reason: "This address belonged to a SessionLinked account until now.",
  }),
  "credentials-changed": ({ what, link, takeBack }) => ({
    subject: {
      password: "Your password was set",
      "passkey-added": "A passkey was added",
      "passkey-removed": "A passkey was removed",
      "second-factor-on": "Your second factor is on",
      "second-factor-off": "Your second factor is off",
      "recovery-codes": "You have new recovery codes",
      "recovery-used": "A recovery code was used",
    }[what],
    paragraphs: [
      ...(what === "password" ? ["Every other device was signed out, your companion as well: sign it in again."] : []),
      `If that was you, there is nothing to do. Your account:\n${link}`,
      "If not, take it back within a week: what was added is removed, everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: take it back", href: takeBack },
    reason: "We tell you whenever the way you sign in changes.",
  }),
  "recordings-ending": ({ count, firstAtMs, link }) => ({
    subject: count === 1 ? "A recording of yours ends soon" : `${number("en", count)} recordings of yours end soon`,
    paragraphs: [
      `${count === 1 ? "It is" : "The first is"} deleted from our servers on ${dateTime("en", firstAtMs)}. Fetch what you want to keep; copies on your own disk and on your collaborators’ stay.`,
    ],
    action: { label: "See the recordings", href: link },
    reason: "Your plan keeps shared recordings for a time, and we tell you before it is over.",
  }),
  downgrade: ({ tier, count, firstAtMs, link }) => ({
    subject: "Your plan has changed: what happens to your recordings",
    paragraphs: [
      `You are on ${tier} now. ${count === 1 ? "One recording" : `${number("en", count)} recordings`} will be deleted earlier than before, the first on ${date("en", firstAtMs)}. Nothing is deleted before that day.`,
      "Fetch what you want to keep, or go back to your plan: then they stay as they were.",
    ],
    action: { label: "See the recordings", href: link },
    reason: "A change of plan never deletes anything without telling you first.",
  }),
  message: ({ from, link }) => ({
    subject: `${own(from)} wrote to you`,
    paragraphs: ["The message is on SessionLinked; sign in to read it. Neither of you sees the other’s address."],
    action: { label: "Read the message", href: link },
    reason:
      "A conversation sends you one mail, and the next only when you have read it. There you can also block this person.",
  }),
  "hub-invite": ({ from, session, link, answer }) => ({
    subject: `${own(from)} invites you to a session`,
    paragraphs: [
      `The session is called “${own(session)}”. The invitation works once, for a week. They do not have your address.`,
      `To answer or block ${own(from)}:\n${answer}`,
    ],
    action: { label: "Look at the invitation", href: link },
    reason: "Your profile is published. You can block this person, or make your profile private.",
  }),
  "waitlist-confirm": ({ link }) => ({
    subject: "One click and you are on the list",
    paragraphs: ["Confirm that this address is yours, and we will write once, when SessionLinked opens."],
    action: { label: "Yes, put me on the list", href: link },
    reason: "Somebody gave this address for our waiting list. Without your click it is forgotten within a week.",
  }),
  launch: ({ link }) => ({
    subject: "SessionLinked is open",
    paragraphs: ["Press play here, and their DAW rolls there. Your place is ready."],
    action: { label: "Open an account", href: link },
    reason: "You asked us to write when SessionLinked opens. One click below takes you off the list.",
  }),
  news: ({ title, text, link }) => ({
    subject: title,
    paragraphs: [text],
    action: { label: "Read on", href: link },
    reason: "You asked for news about SessionLinked. One click below ends it.",
  }),
  "erase-confirm": ({ link }) => ({
    subject: "Delete your account: one last step",
    paragraphs: [
      "The link shows once more what goes and what stays. Nothing is deleted before you press the button there. It works once, for a day.",
      "After that button there is no way back: not for you, and not for us.",
    ],
    action: { label: "Look and decide", href: link },
    reason:
      "Somebody who is signed in to your SessionLinked account asked to delete it. If that was not you, sign out everywhere and set a new password now.",
  }),
  erased: ({ link }) => ({
    subject: "Your account has been deleted",
    paragraphs: [
      "Everything that belonged to it is gone from our servers. What is left is a random number and the time, for one year, as proof that it happened.",
      "The link shows what went, in numbers, for 30 days. With this mail we forget your address.",
    ],
    action: { label: "See what went", href: link },
    reason: "This address belonged to a SessionLinked account until now.",
  }),
  "request-changed": ({ link }) => ({
    subject: "There is news about your request",
    paragraphs: ["What you asked us about your data has an answer, or a new date with the reason for it."],
    action: { label: "Read it in your account", href: link },
    reason: "You asked us something under your rights, and we answer within a month.",
  }),
  "requests-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Requests about people’s data are due: ${count}`,
    paragraphs: [
      `The first is due on ${dateTime("en", firstDueAtMs)}. An answer after that breaks a promise and the law.`,
    ],
    action: { label: "To the site", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
  "hold-due": ({ link }) => ({
    subject: "An investigation is to be looked at again",
    paragraphs: [
      "What it keeps is not deleted before somebody lets it go. Look whether it is still needed, and release it if not.",
    ],
    action: { label: "To the operators’ pages", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
  breach: ({ text, link }) => ({
    subject: "Your data was affected by a breach",
    paragraphs: text.split("\n\n"),
    action: { label: "Your data and your rights", href: link },
    reason: "The law requires us to tell you, and we promised to. This mail comes whether or not you asked for news.",
  }),
  "notices-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Notices about a breach are due: ${count}`,
    paragraphs: [`The first is due on ${dateTime("en", firstDueAtMs)}. Its draft is in the register.`],
    action: { label: "To the site", href: link },
    reason: "This is the address of whoever runs SessionLinked.",
  }),
  "export-ready": ({ link, untilMs }) => ({
    subject: "The copy of your data is ready",
    paragraphs: [
      `You can fetch it until ${dateTime("en", untilMs)}. You sign in to fetch it; this mail alone opens nothing.`,
    ],
    action: { label: "Fetch it", href: link },
    reason:
      "Somebody who is signed in to your SessionLinked account asked for it. If that was not you, sign out everywhere and set a new password now.",
  }),
  "policy-change": ({ text, fromAtMs, link }) => ({
    subject: "Our privacy policy changes",
    paragraphs: [text, `The new version applies from ${date("en", fromAtMs)}.`],
    action: { label: "Read the policy", href: link },
    reason: "You have a SessionLinked account, and this concerns what we do with your data.",
  }),
};

const de: Catalogue = {
  "sign-up": ({ link }) => ({
    subject: "Bestätige deine Adresse",
    paragraphs: [
      "Noch ein Schritt, und dein Konto ist da: Wähle, womit du dich anmeldest. Der Link gilt einmal, einen Tag lang.",
    ],
    action: { label: "Bestätigen und weiter", href: link },
    reason:
      "Jemand hat mit dieser Adresse ein SessionLinked-Konto eröffnen wollen. Warst du das nicht, tu nichts: Es entsteht kein Konto.",
  }),
  "sign-up-known": ({ link }) => ({
    subject: "Du hast schon ein Konto",
    paragraphs: [
      "Jemand, vermutlich du, wollte mit dieser Adresse ein Konto eröffnen. Es gibt schon eines, und nichts hat sich geändert.",
      "Kommst du nicht mehr hinein, kannst du ein neues Passwort setzen.",
    ],
    action: { label: "Neues Passwort setzen", href: link },
    reason: "Unter dieser Adresse hast du ein SessionLinked-Konto.",
  }),
  reset: ({ link, takeBack }) => ({
    subject: "Neues Passwort setzen",
    paragraphs: [
      "Der Link gilt einmal, eine Stunde lang. Ist das neue Passwort gesetzt, sind alle Geräte abgemeldet.",
      `Warst du das nicht, bleibt dein Passwort, wie es ist. So machst du den Link ungültig:\n${takeBack}`,
    ],
    action: { label: "Neues Passwort setzen", href: link },
    reason: "Jemand hat das auf der Anmeldeseite angefordert.",
  }),
  "new-address": ({ link }) => ({
    subject: "Bestätige deine neue Adresse",
    paragraphs: [
      "Sobald du sie bestätigst, schreibt SessionLinked nur noch an diese Adresse. Der Link gilt einmal, einen Tag lang.",
    ],
    action: { label: "Diese Adresse bestätigen", href: link },
    reason: "Ein SessionLinked-Konto möchte diese Adresse verwenden.",
  }),
  "address-asked": ({ email, takeBack }) => ({
    subject: "Dein Konto soll eine andere Adresse bekommen",
    paragraphs: [
      `Jemand, der in deinem Konto angemeldet ist, möchte es auf ${email} umstellen. Das gilt, sobald der Link in der Mail dort geöffnet wird. Warst du das, musst du hier nichts tun.`,
      "Wenn nicht, halte es an: Alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: anhalten", href: takeBack },
    reason: "Wir sagen dir Bescheid, bevor sich deine Adresse ändert, nicht erst danach.",
  }),
  "address-changed": ({ takeBack }) => ({
    subject: "Deine Adresse wurde geändert",
    paragraphs: [
      "Dein Konto verwendet jetzt eine andere E-Mail-Adresse. Warst du das, ist nichts zu tun.",
      "Wenn nicht, mach es innerhalb einer Woche rückgängig: Das Konto bekommt wieder diese Adresse, was seitdem dazukam, verschwindet, alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: rückgängig machen", href: takeBack },
    reason: "Diese Adresse gehörte bis eben zu einem SessionLinked-Konto.",
  }),
  "credentials-changed": ({ what, link, takeBack }) => ({
    subject: {
      password: "Dein Passwort wurde gesetzt",
      "passkey-added": "Ein Passkey kam dazu",
      "passkey-removed": "Ein Passkey wurde entfernt",
      "second-factor-on": "Dein zweiter Faktor ist an",
      "second-factor-off": "Dein zweiter Faktor ist aus",
      "recovery-codes": "Du hast neue Wiederherstellungscodes",
      "recovery-used": "Ein Wiederherstellungscode wurde benutzt",
    }[what],
    paragraphs: [
      ...(what === "password" ? ["Alle anderen Geräte wurden abgemeldet, auch dein Companion: Melde ihn neu an."] : []),
      `Warst du das, ist nichts zu tun. Dein Konto:\n${link}`,
      "Wenn nicht, mach es innerhalb einer Woche rückgängig: Was dazukam, verschwindet, alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: rückgängig machen", href: takeBack },
    reason: "Wir sagen dir Bescheid, wenn sich an deiner Anmeldung etwas ändert.",
  }),
  "recordings-ending": ({ count, firstAtMs, link }) => ({
    subject: count === 1 ? "Eine Aufnahme von dir endet bald" : `${number("de", count)} Aufnahmen von dir enden bald`,
    paragraphs: [
      `${count === 1 ? "Sie wird" : "Die erste wird"} am ${dateTime("de", firstAtMs)} von unseren Servern gelöscht. Hol dir, was du behalten willst; Kopien auf deiner Platte und bei den anderen bleiben.`,
    ],
    action: { label: "Aufnahmen ansehen", href: link },
    reason: "Dein Tarif bewahrt geteilte Aufnahmen eine Zeit lang auf, und wir sagen vorher Bescheid.",
  }),
  downgrade: ({ tier, count, firstAtMs, link }) => ({
    subject: "Dein Tarif hat sich geändert: was mit deinen Aufnahmen geschieht",
    paragraphs: [
      `Du bist jetzt bei ${tier}. ${count === 1 ? "Eine Aufnahme wird" : `${number("de", count)} Aufnahmen werden`} früher gelöscht als bisher, die erste am ${date("de", firstAtMs)}. Vor diesem Tag geht nichts verloren.`,
      "Hol dir, was du behalten willst, oder kehre zu deinem Tarif zurück: Dann bleibt alles, wie es war.",
    ],
    action: { label: "Aufnahmen ansehen", href: link },
    reason: "Ein Tarifwechsel löscht nie etwas, ohne dass du es vorher erfährst.",
  }),
  message: ({ from, link }) => ({
    subject: `${own(from)} hat dir geschrieben`,
    paragraphs: ["Die Nachricht liegt auf SessionLinked; zum Lesen meldest du dich an. Eure Adressen bleiben bei uns."],
    action: { label: "Nachricht lesen", href: link },
    reason:
      "Zu einem Gespräch kommt eine Mail, und die nächste erst, wenn du es gelesen hast. Dort kannst du diese Person auch blockieren.",
  }),
  "hub-invite": ({ from, session, link, answer }) => ({
    subject: `${own(from)} lädt dich zu einer Session ein`,
    paragraphs: [
      `Die Session heißt „${own(session)}“. Die Einladung gilt einmal, eine Woche lang. Deine Adresse ist dort nicht bekannt.`,
      `${own(from)} antworten oder blockieren:\n${answer}`,
    ],
    action: { label: "Einladung ansehen", href: link },
    reason: "Dein Profil ist veröffentlicht. Du kannst diese Person blockieren oder dein Profil privat stellen.",
  }),
  "waitlist-confirm": ({ link }) => ({
    subject: "Ein Klick, und du stehst auf der Liste",
    paragraphs: ["Bestätige, dass diese Adresse deine ist. Dann schreiben wir ein Mal, wenn SessionLinked öffnet."],
    action: { label: "Ja, setzt mich auf die Liste", href: link },
    reason:
      "Jemand hat diese Adresse für unsere Warteliste angegeben. Ohne deinen Klick ist sie binnen einer Woche vergessen.",
  }),
  launch: ({ link }) => ({
    subject: "SessionLinked ist offen",
    paragraphs: ["Hier auf Play gedrückt, und dort läuft die DAW los. Dein Platz ist bereit."],
    action: { label: "Konto eröffnen", href: link },
    reason: "Du wolltest Post, wenn SessionLinked öffnet. Ein Klick unten nimmt dich von der Liste.",
  }),
  news: ({ title, text, link }) => ({
    subject: title,
    paragraphs: [text],
    action: { label: "Weiterlesen", href: link },
    reason: "Du wolltest Neues von SessionLinked hören. Ein Klick unten beendet das.",
  }),
  "erase-confirm": ({ link }) => ({
    subject: "Konto löschen: der letzte Schritt",
    paragraphs: [
      "Der Link zeigt noch einmal, was geht und was bleibt. Vor dem Knopf dort wird nichts gelöscht. Er gilt einmal, einen Tag lang.",
      "Nach diesem Knopf gibt es keinen Weg zurück: für dich nicht und für uns nicht.",
    ],
    action: { label: "Ansehen und entscheiden", href: link },
    reason:
      "Jemand, der in deinem SessionLinked-Konto angemeldet ist, möchte es löschen. Warst du das nicht, melde dich überall ab und setze jetzt ein neues Passwort.",
  }),
  erased: ({ link }) => ({
    subject: "Dein Konto ist gelöscht",
    paragraphs: [
      "Alles, was dazugehörte, ist von unseren Servern verschwunden. Ein Jahr lang bleiben eine Zufallszahl und die Zeit, als Beleg, dass es geschah.",
      "Der Link zeigt 30 Tage lang in Zahlen, was gelöscht wurde. Mit dieser Mail vergessen wir deine Adresse.",
    ],
    action: { label: "Ansehen, was gelöscht wurde", href: link },
    reason: "Diese Adresse gehörte bis eben zu einem SessionLinked-Konto.",
  }),
  "request-changed": ({ link }) => ({
    subject: "Neues zu deiner Anfrage",
    paragraphs: ["Was du uns zu deinen Daten gefragt hast, hat eine Antwort oder ein neues Datum mit seinem Grund."],
    action: { label: "Im Konto lesen", href: link },
    reason: "Du hast von deinen Rechten Gebrauch gemacht, und wir antworten binnen eines Monats.",
  }),
  "requests-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Anfragen zu Daten von Personen werden fällig: ${count}`,
    paragraphs: [
      `Die erste am ${dateTime("de", firstDueAtMs)}. Eine spätere Antwort bricht ein Versprechen und das Gesetz.`,
    ],
    action: { label: "Zur Seite", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
  "hold-due": ({ link }) => ({
    subject: "Eine Untersuchung ist neu zu prüfen",
    paragraphs: [
      "Was sie aufhebt, wird nicht gelöscht, bevor es jemand freigibt. Prüf, ob es noch gebraucht wird, und gib es sonst frei.",
    ],
    action: { label: "Zu den Seiten für den Betrieb", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
  breach: ({ text, link }) => ({
    subject: "Eine Datenpanne betrifft dich",
    paragraphs: text.split("\n\n"),
    action: { label: "Deine Daten und deine Rechte", href: link },
    reason:
      "Das Gesetz verlangt, dass wir es dir sagen, und versprochen haben wir es auch. Diese Mail kommt auch, wenn du keine Neuigkeiten willst.",
  }),
  "notices-due": ({ count, firstDueAtMs, link }) => ({
    subject: `Meldungen zu einer Datenpanne werden fällig: ${count}`,
    paragraphs: [`Die erste am ${dateTime("de", firstDueAtMs)}. Der Entwurf liegt im Verzeichnis.`],
    action: { label: "Zur Seite", href: link },
    reason: "Das ist die Adresse derer, die SessionLinked betreiben.",
  }),
  "export-ready": ({ link, untilMs }) => ({
    subject: "Die Kopie deiner Daten ist fertig",
    paragraphs: [
      `Du kannst sie bis ${dateTime("de", untilMs)} abholen. Dafür meldest du dich an; diese Mail allein öffnet nichts.`,
    ],
    action: { label: "Abholen", href: link },
    reason:
      "Jemand, der in deinem SessionLinked-Konto angemeldet ist, wollte sie. Warst du das nicht, melde dich überall ab und setze jetzt ein neues Passwort.",
  }),
  "policy-change": ({ text, fromAtMs, link }) => ({
    subject: "Unsere Datenschutzerklärung ändert sich",
    paragraphs: [text, `Die neue Fassung gilt ab ${date("de", fromAtMs)}.`],
    action: { label: "Erklärung lesen", href: link },
    reason: "Du hast ein SessionLinked-Konto, und es geht darum, was wir mit deinen Daten tun.",
  }),
};

export const templates: Record<Language, Catalogue> = { en, de };
