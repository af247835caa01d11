import { words } from "./language.ts";

/** The page of promises: what we say that we do, and how it is watched. */
export const promisesText = words({
  en: {
    title: "Promises, and what proves them",
    lead: "Each sentence of what we promise has tests that prove it, and each rule behind it has been broken on purpose to see that a test notices.",
    run: "Last run",
    commit: "Commit",
    kept: (kept: string, all: string) => `${kept} of ${all} promises are proven and watched.`,
    note: "A promise is red while it has no test, while one of them fails, or while breaking its rule goes unnoticed. What is about money is not yet kept, for there is no money in SessionLinked yet. Red ones stay in the table: it is made by a program, and nobody picks what it shows. Simulations of years run for hours; they count once they have run. What last ran at an earlier commit has that commit beside it; where a rule was broken there, neither its source nor its test has changed since.",
    states: { kept: "proven", red: "red", "not-yet": "not yet: there is nothing to pay with" },
    columns: ["Promise", "Tests", "Broken on purpose"],
    passed: (count: string) => `${count} pass`,
    failed: (count: string) => `${count} fail`,
    notRun: (count: string) => `${count} not run`,
    none: "none yet",
    runs: "What was deleted, and when: a chain that anybody can check",
    fates: { caught: "noticed", missed: "not noticed", broken: "not tried", "not-run": "not tried" },
  },
  de: {
    title: "Versprechen, und was sie belegt",
    lead: "Zu jedem Satz, den wir versprechen, gibt es Tests, die ihn belegen; und jede Regel dahinter haben wir absichtlich kaputt gemacht, um zu sehen, ob es ein Test merkt.",
    run: "Letzter Lauf",
    commit: "Commit",
    kept: (kept, all) => `${kept} von ${all} Versprechen sind belegt und bewacht.`,
    note: "Ein Versprechen ist rot, solange es keinen Test hat, einer davon scheitert oder niemand merkt, dass seine Regel kaputt ist. Was mit Geld zu tun hat, halten wir noch nicht, denn Geld gibt es in SessionLinked noch nicht. Auch die roten stehen hier: Die Tabelle macht ein Programm, und niemand sucht aus, was sie zeigt. Simulationen von Jahren laufen stundenlang; sie zählen, sobald sie gelaufen sind. Was zuletzt bei einem früheren Commit lief, hat diesen neben sich; wo dort eine Regel kaputt gemacht wurde, hat sich seither weder ihre Quelle noch ihr Test geändert.",
    states: { kept: "belegt", red: "rot", "not-yet": "noch nicht: bezahlen kann man hier noch nicht" },
    columns: ["Versprechen", "Tests", "Absichtlich kaputt gemacht"],
    passed: (count) => `${count} bestehen`,
    failed: (count) => `${count} scheitern`,
    notRun: (count) => `${count} nicht gelaufen`,
    none: "noch keine",
    runs: "Was gelöscht wurde, und wann: eine Kette, die jeder prüfen kann",
    fates: { caught: "bemerkt", missed: "nicht bemerkt", broken: "nicht versucht", "not-run": "nicht versucht" },
  },
});
