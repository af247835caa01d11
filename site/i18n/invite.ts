import { words } from "./language.ts";

/** The words of who comes to a session by an invite, or may not. */
export const inviteText = words({
  en: {
    invite: {
      title: (session: string) => `You are invited to ${session}`,
      from: (name: string) => `${name} is the host.`,
      role: {
        participant: "You play, record and share.",
        observer: "You listen, and can chat.",
      },
      see: "The others see your display name and role. Never your e-mail, your network address or anything you pay.",
      accept: "Join the session",
      open: "Open the session",
      already: "You are in this session already.",
      signIn: "Sign in and join",
      signUp: "Open an account",
      signedOut: "You need an account, so that the others know who is playing.",
      signedInAs: (name: string) => `You are signed in as ${name}.`,
      until: "The invite is good until",
      badTitle: "This invite cannot be used",
      bad: "It may have been used, have expired, have been withdrawn, or have lost a letter on its way. Ask whoever sent it for a new one.",
      fullTitle: "The session is full",
      triesTitle: "A moment, please",
      home: "To your sessions",
      picture: "Their part and yours on one line of time, yours still to come",
      yours: "You",
    },
    denied: {
      title: "This session is not open to you",
      sentence: "It was deleted, you are not in it, or it was never here. With an invite you can come in.",
      next: "To your sessions",
    },
  },
  de: {
    invite: {
      title: (session: string) => `Du bist eingeladen: ${session}`,
      from: (name: string) => `${name} ist der Host.`,
      role: {
        participant: "Du spielst mit, nimmst auf und teilst.",
        observer: "Du hörst zu und kannst chatten.",
      },
      see: "Die anderen sehen deinen Anzeigenamen und deine Rolle. Nie deine E-Mail, deine Netzadresse oder was du bezahlst.",
      accept: "Dazukommen",
      open: "Session öffnen",
      already: "Du bist schon in dieser Session.",
      signIn: "Anmelden und dazukommen",
      signUp: "Konto eröffnen",
      signedOut: "Du brauchst ein Konto, damit die anderen wissen, wer spielt.",
      signedInAs: (name: string) => `Du bist als ${name} angemeldet.`,
      until: "Die Einladung gilt bis",
      badTitle: "Diese Einladung gilt nicht",
      bad: "Vielleicht ist sie verbraucht, abgelaufen oder zurückgezogen, oder es fehlt ein Zeichen. Lass dir eine neue schicken.",
      fullTitle: "Die Session ist voll",
      triesTitle: "Einen Moment bitte",
      home: "Zu deinen Sessions",
      picture: "Die Stimme der anderen und deine auf einer Zeitlinie; deine kommt noch",
      yours: "Du",
    },
    denied: {
      title: "Diese Session steht dir nicht offen",
      sentence: "Sie wurde gelöscht, du bist nicht dabei, oder es gab sie nie. Mit einer Einladung kommst du dazu.",
      next: "Zu deinen Sessions",
    },
  },
});
