/** Every word of the desktop app that the session view does not have, in both languages. German is written, not translated. */
const en = {
  title: "SessionLinked",
  tray: { tray: "SessionLinked: in a session", show: "Show the session", leave: "Leave the session", quit: "Quit" },
  home: {
    lead: "Your studio, linked.",
    signIn: "Sign in with your browser",
    signingIn: "Waiting for your browser…",
    signOut: "Sign this computer out",
    memory:
      "This computer has no keychain that is open, so nothing is kept: you are signed out when the app ends. Unlock the keychain (on Linux: GNOME Keyring or KWallet) and sign in again to stay.",
    refused: {
      network: "SessionLinked cannot be reached. Check the network and try again.",
      refused: "You were not let in. Try again when you like.",
      late: "Nobody came back from the browser. Try again.",
      failed: "That did not work. Try again.",
    },
    sessions: "Your sessions",
    none: "You are in no session yet. Open one on the site, or paste an invite.",
    loading: "Looking for your sessions…",
    join: "Join",
    invite: "Invite",
    inviteNote: "The link or the code that you were sent",
    accept: "Open the invite",
    problem: "This session cannot be opened:",
    roles: { host: "Host", participant: "plays", observer: "listens" },
  },
  studio: {
    label: "This computer's takes",
    recording: (name: string) => `Recording ${name}`,
    recorded: (name: string) => `${name} is on this computer.`,
    share: "Share what I recorded",
    shareNote: "What the others fetch is theirs: deleting it later does not reach their copies.",
    sharing: (name: string, percent: string) => `${name}: ${percent} sent`,
    shared: (name: string) => `${name} is with the others.`,
    delivered: (name: string) => `${name} has come.`,
    asked: (name: string, gigabytes: string) => `${name} is large (${gigabytes} GB).`,
    fetch: "Fetch it",
  },
};

const de: typeof en = {
  title: "SessionLinked",
  tray: {
    tray: "SessionLinked: in einer Session",
    show: "Session zeigen",
    leave: "Session verlassen",
    quit: "Beenden",
  },
  home: {
    lead: "Dein Studio, verbunden.",
    signIn: "Im Browser anmelden",
    signingIn: "Warte auf deinen Browser…",
    signOut: "Diesen Rechner abmelden",
    memory:
      "Auf diesem Rechner ist kein Schlüsselbund offen, also wird nichts gespeichert: Wenn die App endet, bist du abgemeldet. Öffne den Schlüsselbund (unter Linux GNOME Keyring oder KWallet) und melde dich noch einmal an, dann bleibst du es.",
    refused: {
      network: "SessionLinked ist nicht zu erreichen. Sieh nach dem Netz und versuch es noch einmal.",
      refused: "Du wurdest nicht hereingelassen. Versuch es wieder, wann du magst.",
      late: "Aus dem Browser kam niemand zurück. Versuch es noch einmal.",
      failed: "Das hat nicht geklappt. Versuch es noch einmal.",
    },
    sessions: "Deine Sessions",
    none: "Du bist noch in keiner Session. Leg auf der Seite eine an, oder füg eine Einladung ein.",
    loading: "Sehe nach deinen Sessions…",
    join: "Mitspielen",
    invite: "Einladung",
    inviteNote: "Der Link oder der Code, den du bekommen hast",
    accept: "Einladung öffnen",
    problem: "Diese Session lässt sich nicht öffnen:",
    roles: { host: "Host", participant: "spielt mit", observer: "hört zu" },
  },
  studio: {
    label: "Takes auf diesem Rechner",
    recording: (name) => `${name} wird aufgenommen`,
    recorded: (name) => `${name} liegt auf diesem Rechner.`,
    share: "Meine Aufnahmen teilen",
    shareNote: "Was die anderen holen, gehört ihnen: Späteres Löschen erreicht ihre Kopien nicht.",
    sharing: (name, percent) => `${name}: ${percent} gesendet`,
    shared: (name) => `${name} ist bei den anderen.`,
    delivered: (name) => `${name} ist da.`,
    asked: (name, gigabytes) => `${name} ist groß (${gigabytes} GB).`,
    fetch: "Trotzdem holen",
  },
};

export const desktopWords = { en, de };
