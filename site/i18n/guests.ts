import { words } from "./language.ts";

/** The words of who comes into a session without an account: at the door, on the way out, and for the host who allows it. */
export const guestText = words({
  en: {
    door: {
      lead: {
        participant: "You play along right here in the browser, without an account.",
        observer: "You listen right here in the browser, without an account.",
      },
      name: "Your name, as the others see it",
      nameHint: "They also see that you are a guest.",
      taken: "Somebody in this session has this name. Take another.",
      age: "I am 16 or over",
      go: "Come in",
      kept: "We keep your name until you leave, for a day at most, and nothing else of you.",
      privacy: "What we store, and for how long",
      account: "With an account you can share what you record, and come back whenever you like.",
      full: "All places for guests are taken just now. Ask the host to make room, or come with an account.",
      off: "The host has closed the door to guests. With an account you can still come in.",
      picture: "Their part and yours on one line of time, yours still to come",
      yours: "You, as a guest",
    },
    leave: {
      title: "Leave this session?",
      lead: "Your name goes now, and so does what you wrote in chat and notes. You come back only by a link that is still good.",
      stays: "If you only mean to be away for a while, close the page: in this browser your link leads back in, until",
      takes: "Takes that you recorded stay in this browser.",
      yes: "Leave, and remove my name",
      no: "Back to the session",
    },
    out: {
      left: "You have left",
      leftText: "Your name is gone from the session, and so is what you wrote there.",
      over: "You are not a guest here now",
      overText:
        "A day may have passed, the host may have taken you out or closed the door to guests, or this is another browser. Ask for a new link, or come with an account.",
      home: "To SessionLinked",
      account: "Open an account",
    },
    room: { leave: "Leave" },
    host: {
      title: "Guests",
      allowed: "Whoever has a link can come in without an account, as a guest: by a name, for a day at most.",
      notAllowed: "Everybody here has an account.",
      rules:
        "Guests play or listen as their invite says, and read chat and notes as everybody does. They get no takes and share none, and everybody sees who is a guest.",
      allow: "Allow guests",
      forbid: "Allow no more guests",
      forbidNote: "With that, guests who are in are out at once. To keep only a link from others, withdraw its invite.",
      guest: "guest",
      link: "Whoever has it can come in as a guest, without an account.",
      linkForAccounts: "Whoever comes by it needs an account.",
      change: "Change that",
      removeLead: "They are out at once, and the link they came by is good for nobody any more.",
      removeStays: "Their name goes with them. What they wrote stays, under no name.",
    },
  },
  de: {
    door: {
      lead: {
        participant: "Du spielst gleich hier im Browser mit, ohne Konto.",
        observer: "Du hörst gleich hier im Browser zu, ohne Konto.",
      },
      name: "Dein Name, wie die anderen ihn sehen",
      nameHint: "Sie sehen auch, dass du Gast bist.",
      taken: "So heißt in dieser Session schon jemand. Nimm einen anderen Namen.",
      age: "Ich bin mindestens 16",
      go: "Hereinkommen",
      kept: "Dein Name bleibt bei uns, bis du gehst, höchstens einen Tag; sonst nichts von dir.",
      privacy: "Was wir speichern, und wie lange",
      account: "Mit einem Konto kannst du teilen, was du aufnimmst, und jederzeit wiederkommen.",
      full: "Gerade sind alle Gastplätze besetzt. Bitte den Host, Platz zu machen, oder komm mit einem Konto.",
      off: "Der Host lässt keine Gäste mehr herein. Mit einem Konto kommst du noch hinein.",
      picture: "Die Stimme der anderen und deine auf einer Zeitlinie; deine kommt noch",
      yours: "Du, als Gast",
    },
    leave: {
      title: "Session verlassen?",
      lead: "Dein Name verschwindet jetzt, und was du in Chat und Notizen geschrieben hast, auch. Zurück kommst du nur mit einem Link, der noch gilt.",
      stays:
        "Willst du nur eine Weile weg, schließ einfach die Seite: In diesem Browser führt dein Link wieder herein, bis",
      takes: "Takes, die du aufgenommen hast, bleiben in diesem Browser.",
      yes: "Gehen und meinen Namen entfernen",
      no: "Zurück in die Session",
    },
    out: {
      left: "Du bist draußen",
      leftText: "Dein Name ist aus der Session verschwunden, und was du dort geschrieben hast, auch.",
      over: "Hier bist du gerade nicht zu Gast",
      overText:
        "Vielleicht ist ein Tag um, der Host hat dich hinausgebeten oder lässt keine Gäste mehr herein, oder das ist ein anderer Browser. Lass dir einen neuen Link geben, oder komm mit einem Konto.",
      home: "Zu SessionLinked",
      account: "Konto eröffnen",
    },
    room: { leave: "Gehen" },
    host: {
      title: "Gäste",
      allowed: "Wer einen Link hat, kommt auch ohne Konto herein, als Gast: mit einem Namen, höchstens einen Tag lang.",
      notAllowed: "Alle hier haben ein Konto.",
      rules:
        "Gäste spielen mit oder hören zu, wie es ihre Einladung sagt, und lesen Chat und Notizen wie alle. Takes bekommen und teilen sie nicht, und alle sehen, wer Gast ist.",
      allow: "Gäste erlauben",
      forbid: "Keine Gäste mehr erlauben",
      forbidNote:
        "Wer gerade als Gast da ist, ist damit sofort draußen. Soll nur ein Link für andere nicht mehr gelten, zieh seine Einladung zurück.",
      guest: "Gast",
      link: "Wer ihn hat, kommt auch ohne Konto herein, als Gast.",
      linkForAccounts: "Wer damit kommt, braucht ein Konto.",
      change: "Das ändern",
      removeLead: "Das gilt sofort, und der Link, mit dem der Gast kam, gilt für niemanden mehr.",
      removeStays: "Der Name geht mit. Was geschrieben wurde, bleibt, ohne Namen.",
    },
  },
});
