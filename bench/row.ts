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

/** Makes rows of one benchmark whose goals are absolute. */
export const absoluteRows =
  (bench: string) =>
  (name: string, value: number, unit: string, goal: string, ok: boolean, beside: Row["beside"] = {}): Row => {
    return { bench, name, value, unit, beside, ratio: null, goal, ok };
  };

/** What a file in this folder named after a benchmark exports. */
export interface Bench {
  run(): Promise<Row[]>;
}
