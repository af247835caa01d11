import { words } from "./language.ts";

/** The words of a session's next evening. */
export const eveningText = words({
  en: {
    title: "Next evening",
    lead: "Everybody in the session sees it in their own time, and takes it into their calendar with a reminder.",
    next: "Next evening:",
    now: "Under way since",
    there: (clock: string, zone: string) => `${clock} in ${zone}`,
    lasts: (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`),
    repeats: { never: "just this once", weekly: "every week", fortnightly: "every two weeks" },
    calendar: "Add to calendar",
    startsAt: "Day and time",
    timeZone: "Time zone",
    minutes: "How long",
    again: "How often",
    plan: "Plan the evening",
    move: "Save the change",
    cancel: "Call it off",
    problems: {
      startsAt: "An evening needs a day and a time that are still to come.",
      timeZone: "A time zone has a name such as Europe/Berlin.",
      other: "This evening does not fit. Look at it again.",
    },
  },
  de: {
    title: "Nächster Abend",
    lead: "Alle in der Session sehen ihn in ihrer eigenen Zeit und übernehmen ihn mit Erinnerung in ihren Kalender.",
    next: "Nächster Abend:",
    now: "Läuft seit",
    there: (clock: string, zone: string) => `${clock} Uhr in ${zone}`,
    lasts: (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60} Std.` : `${minutes} Min.`),
    repeats: { never: "nur dieses Mal", weekly: "jede Woche", fortnightly: "alle zwei Wochen" },
    calendar: "In den Kalender",
    startsAt: "Tag und Uhrzeit",
    timeZone: "Zeitzone",
    minutes: "Wie lange",
    again: "Wie oft",
    plan: "Abend planen",
    move: "Änderung speichern",
    cancel: "Absagen",
    problems: {
      startsAt: "Ein Abend braucht Tag und Uhrzeit, und beides muss noch kommen.",
      timeZone: "Eine Zeitzone heißt zum Beispiel Europe/Berlin.",
      other: "So geht dieser Abend nicht. Sieh ihn noch einmal durch.",
    },
  },
});
