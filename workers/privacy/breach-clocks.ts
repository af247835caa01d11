import type { BreachNotice } from "../../protocol/breaches.ts";

const HOUR_MS = 3_600_000;

/** The clocks of the laws as data: which notice, by which law, how long after what. */
export interface Clock {
  notice: BreachNotice;
  law: string;
  /** Which breaches it is for. */
  of: "data" | "app";
  /** What it runs from: our knowing of it, or a corrective measure being there. */
  from: "aware" | "fixed";
  withinMs: number;
}

export const clocks: readonly Clock[] = [
  {
    notice: "gdpr-authority",
    law: "GDPR Article 33 (1)",
    of: "data",
    from: "aware",
    withinMs: 72 * HOUR_MS,
  },
  {
    // The law says "without undue delay"; the number is our own promise (G4).
    notice: "gdpr-people",
    law: "GDPR Article 34 (1)",
    of: "data",
    from: "aware",
    withinMs: 72 * HOUR_MS,
  },
  {
    notice: "cra-early-warning",
    law: "Regulation (EU) 2024/2847 Article 14 (2) (a)",
    of: "app",
    from: "aware",
    withinMs: 24 * HOUR_MS,
  },
  {
    notice: "cra-notification",
    law: "Regulation (EU) 2024/2847 Article 14 (2) (b)",
    of: "app",
    from: "aware",
    withinMs: 72 * HOUR_MS,
  },
  {
    notice: "cra-final-report",
    law: "Regulation (EU) 2024/2847 Article 14 (2) (c)",
    of: "app",
    from: "fixed",
    withinMs: 14 * 24 * HOUR_MS,
  },
];

export const clockOf = (notice: BreachNotice): Clock => {
  const clock = clocks.find((one) => one.notice === notice);
  if (clock === undefined) throw new Error(`No clock for ${notice}.`);
  return clock;
};

/** The notices that a breach asks for, each with the end of its clock; `null`: it has not begun. */
export const dueNotices = (kind: "data" | "app" | "both", awareAtMs: number) =>
  clocks
    .filter(({ of }) => kind === "both" || of === kind)
    .map(({ notice, from, withinMs }) => ({ notice, dueAtMs: from === "aware" ? awareAtMs + withinMs : null }));
