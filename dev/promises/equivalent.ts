/**
 * Mutants that change nothing that anybody could see, each with the reason; the score leaves them out. `line`: the line as it stands, without
 * what is before and after it.
 */
export interface Equivalent {
  file: string;
  line: string;
  from: string;
  to: string;
  why: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: "workers/hub/profile-row.ts",
    line: "row.rateMinor === null || row.rateCurrency === null",
    from: "||",
    to: "&&",
    why: "Amount and currency come from one rate (editProfile) and are null together.",
  },
  {
    file: "workers/privacy/sweep.ts",
    line: '.filter((subject) => !("in" in subject) && subject.is === "account")',
    from: "&&",
    to: "||",
    why: "What is found by way of another table says nothing of what it is, and a column of addresses never holds an account that is held.",
  },
  {
    file: "workers/privacy/restored.ts",
    line: "let upToDate = false;",
    from: "false",
    to: "true",
    why: "The first look is taken whatever is believed, for none was taken before.",
  },
];
