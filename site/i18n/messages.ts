import { words } from "./language.ts";

/** What members write to each other. */
export const messagesText = words({
  en: {
    title: "Messages",
    lead: "Between you and people you met here. Neither sees the other’s address.",
    emptyTitle: "No messages yet",
    emptySentence: "Open a profile on the Hub and write: the conversation will be here, and so will the answer.",
    emptyNext: "To the Hub",
    unread: (count: number) => `${count} unread`,
    nothingLeft: "Nothing is left of it.",
    older: "Older conversations",
    newest: "Back to the newest",
    all: "All messages",
    with: (name: string) => `Messages with ${name}`,
    you: "You",
    earlier: "Earlier messages",
    latest: "Back to the latest",
    log: "What was written, the newest at the bottom",
    write: "Your message",
    send: "Send",
    profile: "Profile",
    kept: "Each message is kept for a year. Deleting an account deletes its conversations, for both.",
    more: "More",
    block: "Block",
    blockHint: (name: string) => `${name} can no longer write to you or invite you, and is not told.`,
    isBlocked: (name: string) => `You have blocked ${name}. Neither of you can write to the other.`,
    toBlocked: "People you have blocked",
    report: (name: string) => `Report ${name}`,
    remove: "Delete this conversation",
    removeTitle: (name: string) => `Delete your conversation with ${name}?`,
    removeLead: "Everything written so far disappears for you. This cannot be undone.",
    removeStays: (name: string) => `${name} still has it until they delete it too, or until a year after each message.`,
    yes: "Delete it",
    no: "Keep it",
    done: {
      sent: "Sent.",
      blocked: "Blocked. They are not told.",
      deleted: "The conversation is deleted.",
      reported: "Thank you. A person here will look at it.",
    },
    problems: {
      "validation-failed": "Write something, at most 1,000 characters.",
      conflict: "You have blocked this person. Unblock them on your profile page first.",
      "quota-exceeded": "This conversation is full. Delete it, both of you, and begin a new one.",
      other: "That did not work. Try again in a moment.",
    },
  },
  de: {
    title: "Nachrichten",
    lead: "Zwischen dir und Leuten, die du hier getroffen hast. Eure Adressen bleiben bei uns.",
    emptyTitle: "Noch keine Nachrichten",
    emptySentence: "Such dir auf dem Hub ein Profil aus und schreib: Hier steht dann euer Gespräch, auch die Antwort.",
    emptyNext: "Zum Hub",
    unread: (count) => `${count} ungelesen`,
    nothingLeft: "Davon ist nichts mehr übrig.",
    older: "Ältere Gespräche",
    newest: "Zurück zu den neuesten",
    all: "Alle Nachrichten",
    with: (name) => `Nachrichten mit ${name}`,
    you: "Du",
    earlier: "Frühere Nachrichten",
    latest: "Zurück zu den neuesten",
    log: "Was ihr geschrieben habt, das Neueste unten",
    write: "Deine Nachricht",
    send: "Senden",
    profile: "Profil",
    kept: "Jede Nachricht bleibt ein Jahr. Wer sein Konto löscht, löscht damit auch seine Gespräche, für beide.",
    more: "Mehr",
    block: "Blockieren",
    blockHint: (name) => `${name} kann dir nicht mehr schreiben und dich nicht einladen und erfährt nichts davon.`,
    isBlocked: (name) => `Du hast ${name} blockiert. Ihr könnt euch nicht schreiben.`,
    toBlocked: "Von dir blockiert",
    report: (name) => `${name} melden`,
    remove: "Gespräch löschen",
    removeTitle: (name) => `Gespräch mit ${name} löschen?`,
    removeLead: "Alles, was bisher geschrieben wurde, verschwindet für dich. Das lässt sich nicht rückgängig machen.",
    removeStays: (name) =>
      `Bei ${name} bleibt es, bis es auch dort gelöscht wird, oder bis jede Nachricht ein Jahr alt ist.`,
    yes: "Löschen",
    no: "Behalten",
    done: {
      sent: "Gesendet.",
      blocked: "Blockiert. Davon erfährt niemand.",
      deleted: "Das Gespräch ist gelöscht.",
      reported: "Danke. Ein Mensch sieht sich das an.",
    },
    problems: {
      "validation-failed": "Schreib etwas, höchstens 1.000 Zeichen.",
      conflict: "Du hast diese Person blockiert. Auf deiner Profilseite kannst du das aufheben.",
      "quota-exceeded": "Dieses Gespräch ist voll. Löscht es beide und beginnt ein neues.",
      other: "Das hat nicht geklappt. Versuch es gleich noch einmal.",
    },
  },
});

export type MessagesDone = keyof (typeof messagesText)["en"]["done"];
export const isMessagesDone = (text: string | undefined): text is MessagesDone =>
  text !== undefined && Object.hasOwn(messagesText.en.done, text);
export function messagesProblem(language: "en" | "de", code: string): string {
  const known: Record<string, string> = messagesText[language].problems;
  return known[code] ?? messagesText[language].problems.other;
}
