import { words } from "./language.ts";

/** The words of a broadcast's link before there is a script, and where it is good for nobody. */
export const listenText = words({
  en: {
    title: "Listen in",
    outTitle: "There is nothing to hear here",
    out: "A broadcast ends with its evening, and its link with it. Ask whoever gave it to you for a new one.",
    home: "To SessionLinked",
  },
  de: {
    title: "Mithören",
    outTitle: "Hier ist nichts zu hören",
    out: "Eine Übertragung endet mit ihrem Abend, und ihr Link mit ihr. Frag nach einem neuen, wo du diesen her hast.",
    home: "Zu SessionLinked",
  },
});
