/**
 * What stands for zod in a browser. The same schemas read the same values there, with the part of zod that they use and nothing else: 2 KB in
 * place of 30, since a page tells nobody which field of an answer was wrong. The bundler swaps it in (dev/build.ts), the types are zod's own,
 * and protocol/reader.test.ts holds the two to each other.
 */
const REFUSED = Symbol("refused");
type Read = (value: unknown) => unknown;
type Check = (value: never) => boolean;
interface Known {
  shape?: Record<string, Schema>;
  options?: readonly unknown[];
  value?: unknown;
  pattern?: RegExp;
}

const sizeOf = (value: number | string | unknown[]): number => (typeof value === "number" ? value : value.length);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

class Schema implements Known {
  readonly read: Read;
  readonly shape: Record<string, Schema>;
  readonly options: readonly unknown[];
  readonly value: unknown;
  readonly pattern: RegExp | undefined;

  constructor(read: Read, { shape = {}, options = [], value, pattern }: Known = {}) {
    this.read = read;
    this.shape = shape;
    this.options = options;
    this.value = value;
    this.pattern = pattern;
  }

  #then(next: Read, known: Known = this): Schema {
    return new Schema((value) => {
      const read = this.read(value);
      return read === REFUSED ? read : next(read);
    }, known);
  }
  refine(check: Check): Schema {
    return this.#then((value) => (check(value as never) ? value : REFUSED));
  }
  min = (least: number) => this.refine((value) => sizeOf(value) >= least);
  max = (most: number) => this.refine((value) => sizeOf(value) <= most);
  int = () => this.refine((value) => Number.isSafeInteger(value));
  startsWith = (start: string) => this.refine((value: string) => value.startsWith(start));
  regex(pattern: RegExp): Schema {
    return this.#then((value) => (pattern.test(value as string) ? value : REFUSED), { pattern });
  }
  trim = () => this.#then((value) => (value as string).trim());
  toLowerCase = () => this.#then((value) => (value as string).toLowerCase());
  transform(change: (value: never, issues: { addIssue(): void }) => unknown): Schema {
    return this.#then((value) => {
      let isRefused = false;
      const changed = change(value as never, { addIssue: () => (isRefused = true) });
      return isRefused ? REFUSED : changed;
    });
  }
  pipe = (next: Schema) => this.#then(next.read, next);
  or = (other: Schema) => union([this, other]);
  optional = () => new Schema((value) => (value === undefined ? value : this.read(value)), this);
  nullable = () => new Schema((value) => (value === null ? value : this.read(value)), this);
  default = (given: unknown) =>
    new Schema(
      (value) => (value === undefined ? (typeof given === "function" ? given() : given) : this.read(value)),
      this,
    );
  catch = (given: unknown) =>
    new Schema((value) => {
      const read = this.read(value);
      return read === REFUSED ? given : read;
    }, this);
  meta = () => this;
  exclude = (gone: readonly unknown[]) => oneOf(this.options.filter((option) => !gone.includes(option)));
  extend = (more: Record<string, Schema>) => object({ ...this.shape, ...more });
  #only(keeps: (key: string) => boolean): Schema {
    return object(Object.fromEntries(Object.entries(this.shape).filter(([key]) => keeps(key))));
  }
  omit = (keys: object) => this.#only((key) => !(key in keys));
  pick = (keys: object) => this.#only((key) => key in keys);
  partial = () => object(Object.fromEntries(Object.entries(this.shape).map(([key, one]) => [key, one.optional()])));
  safeParse(value: unknown): { success: boolean; data?: unknown } {
    const data = this.read(value);
    return data === REFUSED ? { success: false } : { success: true, data };
  }
  parse(value: unknown): unknown {
    const data = this.read(value);
    if (data === REFUSED) throw new TypeError("This is not what was expected.");
    return data;
  }
}

const only = (check: (value: unknown) => boolean) => new Schema((value) => (check(value) ? value : REFUSED));
const BASE64 = /^(?:[0-9a-zA-Z+/]{4})*(?:(?:[0-9a-zA-Z+/]{2}==)|(?:[0-9a-zA-Z+/]{3}=))?$/;
/** RFC 9562, and the two that are no random ones. */
const UUID =
  /^([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12})$/i;

export const string = () => only((value) => typeof value === "string");
export const number = () => only((value) => typeof value === "number" && Number.isFinite(value));
export const int = () => only((value) => Number.isSafeInteger(value));
export const boolean = () => only((value) => typeof value === "boolean");
export const uuid = () => string().regex(UUID);
export const base64 = () => string().regex(BASE64);
/** An answer's address was checked where it came from. */
export const email = () => string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/);
const oneOf = (options: readonly unknown[]) =>
  new Schema((value) => (options.includes(value) ? value : REFUSED), { options });

export { oneOf as enum };
/** One value, or one of several. */
export function literal(value: unknown): Schema {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Schema((one) => (values.includes(one) ? one : REFUSED), { value: values[0] });
}

/** Parts are words, literals and strings of a pattern. */
export function templateLiteral(parts: readonly (string | Schema)[]): Schema {
  const sources = parts.map((part) => {
    if (typeof part !== "string" && part.pattern !== undefined) return part.pattern.source.replace(/^\^|\$$/g, "");
    return String(typeof part === "string" ? part : part.value).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return string().regex(new RegExp(`^${sources.join("")}$`));
}

export const array = (item: Schema) =>
  new Schema((value) => {
    if (!Array.isArray(value)) return REFUSED;
    const items = value.map(item.read);
    return items.includes(REFUSED) ? REFUSED : items;
  });

export const record = (key: Schema, item: Schema) =>
  new Schema((value) => {
    if (!isRecord(value)) return REFUSED;
    const entries = Object.entries(value).map(([name, one]) => [key.read(name), item.read(one)]);
    return entries.flat().includes(REFUSED) ? REFUSED : Object.fromEntries(entries);
  });

/** Fields that nobody named are left out, refused, or kept. */
function fields(shape: Record<string, Schema>, others: "drop" | "refuse" | "keep"): Schema {
  const names = Object.keys(shape);
  return new Schema(
    (value) => {
      if (!isRecord(value)) return REFUSED;
      if (others === "refuse" && Object.keys(value).some((name) => !names.includes(name))) return REFUSED;
      const read: Record<string, unknown> = others === "keep" ? { ...value } : {};
      for (const name of names) {
        const one = shape[name]?.read(value[name]);
        if (one === REFUSED) return REFUSED;
        if (one !== undefined || name in value) read[name] = one;
      }
      return read;
    },
    { shape },
  );
}
export const object = (shape: Record<string, Schema>) => fields(shape, "drop");
export const strictObject = (shape: Record<string, Schema>) => fields(shape, "refuse");
export const looseObject = (shape: Record<string, Schema>) => fields(shape, "keep");

/** The first that reads it. */
export const union = (options: readonly Schema[]) =>
  new Schema(
    (value) => {
      for (const option of options) {
        const read = option.read(value);
        if (read !== REFUSED) return read;
      }
      return REFUSED;
    },
    { options },
  );
/** The key tells them apart, so at most one of them reads a value. */
export const discriminatedUnion = (_key: string, options: readonly Schema[]) => union(options);

export const coerce = { number: () => new Schema((value) => number().read(Number(value))) };
export const NEVER = undefined;
