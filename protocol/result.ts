/**
 * Result: what a step gives that may be refused, its value or the reason. Expected failures are values; bugs throw.
 *
 * @typeParam Told What else whoever is refused is told.
 */
export type Result<Value, Reason extends string, Told extends object = object> =
  | { ok: true; value: Value }
  | ({ ok: false; reason: Reason } & Told);

/** The failed half of a result. */
export type Refusal<Of> = Extract<Of, { ok: false }>;

/** Done, with nothing to hand over. */
export const done = { ok: true, value: undefined } as const;

export const ok = <Value>(value: Value) => ({ ok: true, value }) as const;

export const refused = <Reason extends string>(reason: Reason) => ({ ok: false, reason }) as const;
