import { words } from "./language.ts";

/** The words of a phone's own pages: before it is connected, and where it is not. */
export const phoneText = words({
  en: {
    title: "Connect this phone to the session?",
    lead: "It becomes a remote control for whoever shows the code: play, stop, record and places, a key to talk, and a second camera.",
    sees: "Everybody in the session sees it as that person’s phone. Microphone and camera stay off until you switch them on here.",
    go: "Connect this phone",
    ends: "It is theirs for twelve hours at most, and they can send it away at any time. A cookie opens this one session and nothing else.",
    refusedTitle: "This code is good for nobody any more",
    refused:
      "A code connects one phone, once, within five minutes. Show a new one in the session on your computer: “Phone”.",
    outTitle: "This phone is not connected",
    out: "It may have been sent away, or twelve hours have passed. Show a new code in the session on your computer: “Phone”.",
    home: "To SessionLinked",
  },
  de: {
    title: "Dieses Handy mit der Session verbinden?",
    lead: "Es wird zur Fernbedienung für die Person, die den Code zeigt: abspielen, anhalten, aufnehmen, springen, eine Sprechtaste und eine zweite Kamera.",
    sees: "In der Session sehen alle, wessen Handy das ist. Mikrofon und Kamera bleiben aus, bis du sie hier einschaltest.",
    go: "Dieses Handy verbinden",
    ends: "Es bleibt höchstens zwölf Stunden verbunden und lässt sich jederzeit wegschicken. Ein Cookie öffnet nur diese eine Session.",
    refusedTitle: "Dieser Code gilt nicht mehr",
    refused:
      "Ein Code verbindet ein einziges Handy, einmal und innerhalb von fünf Minuten. Zeig am Rechner in der Session einen neuen: „Handy“.",
    outTitle: "Dieses Handy ist nicht verbunden",
    out: "Vielleicht wurde es weggeschickt, oder zwölf Stunden sind um. Zeig am Rechner in der Session einen neuen Code: „Handy“.",
    home: "Zu SessionLinked",
  },
});
