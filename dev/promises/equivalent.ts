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
];
