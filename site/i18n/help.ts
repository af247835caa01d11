import { words } from "./language.ts";

interface Trouble {
  question: string;
  answer: string;
  to?: { path: string; label: string };
}

const enTrouble: Trouble[] = [
  {
    question: "No mail arrives",
    answer:
      "Look among the junk first. Links to confirm an address work for a day, links for a new password for an hour. If an address already has an account, the mail says so instead of opening another.",
  },
  {
    question: "I cannot sign in",
    answer:
      "With a password: ask for a link and set a new one; every device is signed out then. With a passkey on a device you no longer have: the same link gives you a password beside it. Without your phone: one of your recovery codes stands in for its code.",
    to: { path: "/reset", label: "Set a new password" },
  },
  {
    question: "Somebody else is signed in as me",
    answer:
      "In your account, sign out everywhere else, then set a new password and remove passkeys you do not know. We tell you by mail each time a way to sign in changes.",
    to: { path: "/account#devices", label: "Your devices" },
  },
  {
    question: "My DAW does not follow",
    answer:
      "Switch on MIDI Machine Control in the DAW, both receiving and sending, with device number 127, which means all. A DAW that only sends leads; one that only receives follows.",
  },
  {
    question: "It sounds late or torn",
    answer:
      "Use a cable instead of wireless, and close what else uses the connection. The companion shows the delay one way and how sure it is. Above 40 ms no setting helps: overdub.",
  },
  {
    question: "A companion without a screen asks for a code",
    answer:
      "It shows eight letters. Sign in here on any device, type them, and check that the name shown is your machine’s.",
    to: { path: "/device", label: "Sign in a device" },
  },
  {
    question: "Somebody here seems to be younger than 16",
    answer:
      "Report it on their profile or in the session, or write to hello@sessionlinked.com; you need no account. If it is so, the account and all that belongs to it is deleted.",
  },
  {
    question: "How do I get my data, or delete my account?",
    answer:
      "Name, address, language and consent you change in your account. A copy of everything, a restriction and deleting it have a button each, under your data and your rights.",
    to: { path: "/account/privacy", label: "Your data and your rights" },
  },
];

const deTrouble: Trouble[] = [
  {
    question: "Es kommt keine Mail",
    answer:
      "Sieh zuerst im Spam nach. Links zum Bestätigen einer Adresse gelten einen Tag, Links für ein neues Passwort eine Stunde. Hat eine Adresse schon ein Konto, sagt die Mail das, statt ein zweites zu eröffnen.",
  },
  {
    question: "Ich kann mich nicht anmelden",
    answer:
      "Mit Passwort: Lass dir einen Link schicken und setz ein neues; dabei werden alle Geräte abgemeldet. Mit Passkey auf einem Gerät, das du nicht mehr hast: Derselbe Link gibt dir ein Passwort dazu. Ohne dein Telefon: Ein Wiederherstellungscode ersetzt seinen Code.",
    to: { path: "/reset", label: "Neues Passwort setzen" },
  },
  {
    question: "Jemand anders ist als ich angemeldet",
    answer:
      "Melde in deinem Konto alle anderen Geräte ab, setz dann ein neues Passwort und entferne Passkeys, die du nicht kennst. Wir schreiben dir jedes Mal, wenn sich an der Anmeldung etwas ändert.",
    to: { path: "/account#devices", label: "Deine Geräte" },
  },
  {
    question: "Meine DAW folgt nicht",
    answer:
      "Schalte in der DAW MIDI Machine Control ein, Empfang und Senden, mit der Gerätenummer 127, das heißt alle. Eine DAW, die nur sendet, führt; eine, die nur empfängt, folgt.",
  },
  {
    question: "Es klingt verspätet oder zerrissen",
    answer:
      "Nimm ein Kabel statt WLAN und beende, was die Verbindung sonst belegt. Der Companion zeigt die Verzögerung in eine Richtung und wie sicher sie ist. Über 40 ms hilft keine Einstellung: Overdub.",
  },
  {
    question: "Ein Companion ohne Bildschirm verlangt einen Code",
    answer:
      "Er zeigt acht Buchstaben. Melde dich hier auf irgendeinem Gerät an, tipp sie ein, und sieh nach, ob der Name der deines Rechners ist.",
    to: { path: "/device", label: "Ein Gerät anmelden" },
  },
  {
    question: "Hier scheint jemand jünger als 16 zu sein",
    answer:
      "Melde es auf dem Profil oder in der Session, oder schreib an hello@sessionlinked.com; ein Konto brauchst du dafür nicht. Stimmt es, wird das Konto mit allem gelöscht, was dazugehört.",
  },
  {
    question: "Wie bekomme ich meine Daten, wie lösche ich mein Konto?",
    answer:
      "Name, Adresse, Sprache und Einwilligung änderst du in deinem Konto. Für eine Kopie von allem, für eine Einschränkung und für das Löschen gibt es je einen Knopf, unter deine Daten und deine Rechte.",
    to: { path: "/account/privacy", label: "Deine Daten und deine Rechte" },
  },
];

export const helpText = words({
  en: {
    title: "Help",
    lead: "An evening with someone in another city, in the order in which it happens.",
    picture: "The five steps of an evening as clips on tracks, one after the other.",
    steps: [
      [
        "Invite",
        "The host invites people who play, and command the transport as well, or people who listen, watch and chat. A code lasts seven days.",
      ],
      [
        "Check the connection",
        "SessionLinked measures the way between you. Up to 25 ms one way you can play together; up to 40 ms with care; beyond that, overdub: one plays, the other answers.",
      ],
      [
        "Roll",
        "Play, stop, record, locate and tempo take effect in both DAWs at the same moment. Everyone sees the same commands in the same order.",
      ],
      [
        "Share the take",
        "Your stems are on your own disk. Share the ones you want heard; the others stay where they are. Remember that a copy your collaborator has saved is out of our reach.",
      ],
      [
        "Fetch it in time",
        "Shared recordings are kept for 7 days on Free and 30 days on Pro; on Studio until the session is deleted. We write to you three days and one day before.",
      ],
    ],
    troubleTitle: "When something sticks",
    trouble: enTrouble,
    stuck:
      "Not among these? Write to hello@sessionlinked.com and include the request number from the page or message, if there is one.",
  },
  de: {
    title: "Hilfe",
    lead: "Ein Abend mit jemandem in einer anderen Stadt, der Reihe nach.",
    picture: "Die fünf Schritte eines Abends als Clips auf Spuren, einer nach dem anderen.",
    steps: [
      [
        "Einladen",
        "Der Host lädt ein: Wer mitspielt, steuert auch den Transport; wer zuhört, sieht alles und kann chatten. Ein Code gilt sieben Tage.",
      ],
      [
        "Die Verbindung prüfen",
        "SessionLinked misst den Weg zwischen euch. Bis 25 ms in eine Richtung könnt ihr zusammen spielen, bis 40 ms mit Vorsicht; darüber hilft Overdub: eine Person spielt, die andere antwortet.",
      ],
      [
        "Loslegen",
        "Play, Stopp, Aufnahme, Position und Tempo kommen in beiden DAWs zum selben Zeitpunkt an. Alle sehen dieselben Befehle in derselben Reihenfolge.",
      ],
      [
        "Den Take teilen",
        "Deine Spuren liegen auf deiner Platte. Teile, was gehört werden soll; alles andere bleibt, wo es ist. Eine Kopie, die jemand gespeichert hat, können wir nicht zurückholen.",
      ],
      [
        "Rechtzeitig abholen",
        "Geteilte Aufnahmen bleiben bei Free 7 Tage, bei Pro 30 Tage und bei Studio, bis die Session gelöscht wird. Wir schreiben dir drei Tage und einen Tag vorher.",
      ],
    ],
    troubleTitle: "Wenn etwas klemmt",
    trouble: deTrouble,
    stuck:
      "Nicht dabei? Schreib an hello@sessionlinked.com und nenne die Anfragenummer von der Seite oder Meldung, falls es eine gibt.",
  },
});
