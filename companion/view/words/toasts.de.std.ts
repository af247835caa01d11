/** What a person is told in passing. */
import type { ToastWords } from "./toasts.en.std.ts";

export const de: ToastWords = {
  close: "Schließen",
  said: {
    offline: "Der Raum ist gerade nicht erreichbar, gesendet wurde nichts. Die Verbindung kommt von selbst wieder.",
    copied: "Kopiert.",
    "clock-off":
      "Die Uhr dieses Rechners geht um Minuten oder mehr falsch. Die Session richtet sich nicht nach ihr, das Datum deiner Dateien schon: Lass das System die Zeit selbst stellen.",
    "mute-asked": "Der Host bittet dich um Ruhe: Niemand hört dich gerade. Mach wieder auf, wann du magst.",
    "mute-sent": "Die Bitte ist angekommen. Stummschalten kann sich jeder nur selbst.",
    "no-playback": "Dieser Browser kann Takes nicht abspielen. Öffne die Seite in einem aktuellen.",
    "left-alone": "Geändert wurde nichts.",
    "other-device":
      "Das Gerät vom letzten Mal ist nicht da: Jetzt gilt das des Systems. Nimm ein anderes, wenn das nicht passt.",
    forgotten: "Vergessen. Mix, Verzögerung und Aufteilung sind beim nächsten Mal wieder die der Seite.",
    "nothing-armed": "Die Aufnahme läuft, und von dir ist nichts scharf.",
    dropout: "Dein Gerät hat einen Moment ausgelassen. An der Stelle ist Stille; was danach kommt, sitzt.",
    device: "Dein Gerät ist weg, der Take endet dort. Was bis dahin gespielt war, ist sicher.",
    slept:
      "Dieser Rechner hat geschlafen. Der Take endet, wo er eingeschlafen ist; was bis dahin gespielt war, ist sicher.",
    recorder:
      "Der Take ließ sich nicht weiterschreiben. Was bis jetzt aufgenommen ist, ist sicher; mach in diesem Browser Platz.",
    "disk-low": "In diesem Browser ist wenig Platz. Sichere oder teile, was du hast; noch ist nichts verloren.",
    "clock-set": "Die Uhr dieses Rechners wurde gestellt. Takes zählen Samples und bleiben an ihrem Platz.",
    share: "Ein Take wurde nicht geteilt. Er ist noch da: Versuch es in der Liste der Takes noch einmal.",
  },
  problems: {
    forbidden: "Deine Rolle in dieser Session erlaubt das nicht.",
    "recording-off": "Der Host hat das Aufnehmen für diese Session ausgeschaltet.",
    "rate-limited": "Das war viel auf einmal. Warte einen Moment.",
    "relay-unavailable": "Gerade ist kein Relais für den Ton zu erreichen. Wir versuchen es weiter.",
    "log-full": "Das Protokoll dieser Session ist voll. Beginne eine neue.",
    "note-changed": "Jemand hat diese Notiz inzwischen geändert: Beide Texte stehen da, such dir einen aus.",
    "notes-full": "Mehr Notizen fasst diese Session nicht.",
    conflict: "Eine Session braucht einen Host: Gib diese Rolle erst weiter.",
    other: "Das hat nicht geklappt. Verloren ist nichts; versuch es gleich noch einmal.",
  },
};
