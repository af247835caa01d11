/** One measured figure, beside its peers from the same run on the same machine. */
export interface Row {
  /** The benchmark's name, as `npm run bench -- <name>` takes it. */
  bench: string;
  /** What was measured, under which load. */
  name: string;
  value: number;
  unit: string;
  /** The same figure of each peer, in the same unit. */
  beside: Record<string, number>;
  /** `value` over the peer that the goal names; `null` where the goal is absolute or there is none. */
  ratio: number | null;
  /** In words, such as "≤ 1.3 × bare object"; empty where a figure is only reported. */
  goal: string;
  /** Whether the goal was met; `true` where there is none. */
  ok: boolean;
}

/** What a file in this folder named after a benchmark exports. */
export interface Bench {
  run(): Promise<Row[]>;
}

/** Nearest-rank percentile (`share` from 0 to 1) of samples in any order; `NaN` of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
