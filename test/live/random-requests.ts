import { createHash } from "node:crypto";
import { Problem } from "../../protocol/errors.ts";

/** A JSON schema as far as our OpenAPI document uses it. */
interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  format?: string;
  pattern?: string;
  $ref?: string;
}
interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
export interface Description {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** A stream of numbers in [0, 1) from a seed (mulberry32): the same seed asks the same requests. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What people and programs send that nobody expects. */
const oddities: unknown[] = [
  null,
  "",
  " ",
  "\u0000",
  "a\u202eb",
  "👩‍🎤",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "%00",
  -1,
  0,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  0.1,
  true,
  [],
  {},
  [[[[[[]]]]]],
  "x".repeat(5_000),
  "٣",
  "2026-02-30T25:61:61Z",
];

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Makes requests that nearly fit: each value is from its schema most of the time, and from another world now and then. */
export class Asker {
  readonly #random: () => number;
  readonly #description: Description;
  readonly #operations: [method: string, path: string, operation: Operation][];
  readonly #tokens: readonly (string | null)[];
  readonly #ids: readonly string[];

  constructor(description: Description, seed: number, tokens: readonly (string | null)[], ids: readonly string[]) {
    this.#random = chance(seed);
    this.#description = description;
    this.#tokens = tokens;
    this.#ids = ids;
    this.#operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
    );
  }

  next(): Asked {
    const [method, pattern, operation] = this.#pick(this.#operations);
    const path = pattern.replaceAll(/\{(\w+)\}/g, () =>
      encodeURIComponent(String(this.#maybe(0.7) ? this.#pick(this.#ids) : this.#oddity())).slice(0, 300),
    );
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== "query" || !this.#maybe(0.5)) continue;
      query.set(parameter.name, String(this.#value(parameter.schema ?? {}, 0)).slice(0, 500));
    }
    const token = this.#pick(this.#tokens);
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    headers["CF-Connecting-IP"] = Array.from({ length: 4 }, () => Math.floor(this.#random() * 256)).join(".");
    if (this.#maybe(0.1)) headers.Range = this.#pick(["bytes=0-", "bytes=5-1", "bytes=-0", "pages=1", "bytes=0-1,3-4"]);
    if (this.#maybe(0.1)) headers["Content-Digest"] = this.#pick(["sha-256=:AA==:", "md5=:x:", "", "sha-256=nonsense"]);
    const asked: Asked = { method: method.toUpperCase(), path: `${path}${query.size > 0 ? `?${query}` : ""}`, headers };
    if (asked.method === "GET") return asked;
    const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [
      "application/json",
      { schema: {} },
    ];
    const value = this.#value(content.schema, 0);
    headers["Content-Type"] = this.#maybe(0.95) ? type : this.#pick(["text/plain", "application/xml", "x"]);
    asked.body = type.includes("form-urlencoded")
      ? new URLSearchParams(Object.entries(value ?? {}).map(([key, part]) => [key, String(part)])).toString()
      : JSON.stringify(value);
    if (this.#maybe(0.03)) asked.body = asked.body?.slice(0, Math.floor(asked.body.length / 2));
    return asked;
  }

  #maybe = (share: number) => this.#random() < share;
  #oddity = () => this.#pick(oddities);
  #pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] as Value;
  }

  #value(schema: Schema, depth: number): unknown {
    if (this.#maybe(0.06) || depth > 8) return this.#oddity();
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1) ?? "";
      return this.#value(this.#description.components?.schemas?.[name] ?? {}, depth + 1);
    }
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.#pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return this.#value(this.#pick(choices), depth + 1);
    if (schema.allOf !== undefined)
      return Object.assign({}, ...schema.allOf.map((part) => this.#value(part, depth + 1) as object));
    const type = Array.isArray(schema.type) ? this.#pick(schema.type) : schema.type;
    switch (type) {
      case "object":
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([key]) => (schema.required?.includes(key) ? this.#maybe(0.97) : this.#maybe(0.5)))
            .map(([key, part]) => [key, this.#value(part, depth + 1)]),
        );
      case "array":
        return Array.from({ length: Math.floor(this.#random() * 4) }, () => this.#value(schema.items ?? {}, depth + 1));
      case "integer":
      case "number": {
        const low = schema.minimum ?? -10;
        const high = Math.min(schema.maximum ?? 1e6, 1e12);
        const at = this.#pick([low, high, low - 1, high + 1, low + this.#random() * (high - low)]);
        return type === "integer" ? Math.round(at) : at;
      }
      case "boolean":
        return this.#maybe(0.5);
      case "string":
        return this.#text(schema);
      default:
        return this.#oddity();
    }
  }

  #text(schema: Schema): string {
    if (schema.format === "uuid") return "0b9e5a2e-2a53-4b9a-8d8b-9f4f0f6a7c11";
    if (schema.format === "email") return `p${Math.floor(this.#random() * 50)}@example.org`;
    if (schema.pattern?.includes("[0-9a-f]{64}"))
      return createHash("sha256").update(String(this.#random())).digest("hex");
    if (schema.pattern?.includes("_")) return this.#pick(this.#ids);
    const length = Math.min(this.#pick([schema.minLength ?? 0, schema.maxLength ?? 40, 12, 43]), 3_000);
    return Array.from({ length }, () => this.#pick([..."abcdefghijkmnpqrstvwxyz0123456789-_A"])).join("");
  }
}

/** What is wrong with an answer (X23), or `null`: no 5xx, and every refusal is a problem document with its own status. */
async function complaintOf(response: Response): Promise<string | null> {
  const text = await response.text();
  if (response.status >= 500) return `${response.status} ${text.slice(0, 300)}`;
  if (response.status < 400) return null;
  if (response.headers.get("Content-Type") !== "application/problem+json")
    return `${response.status} is ${response.headers.get("Content-Type")}`;
  const problem = Problem.safeParse(JSON.parse(text));
  return problem.success && problem.data.status === response.status ? null : `${response.status} ${text.slice(0, 300)}`;
}

/** Asks `count` requests, `abreast` at a time, and returns the complaints, each with the request that caused it. */
export async function askAll(origin: string, asker: Asker, count: number, abreast: number): Promise<string[]> {
  const complaints: string[] = [];
  let left = count;
  const ask = async () => {
    while (left-- > 0 && complaints.length < 10) {
      const { method, path, headers, body } = asker.next();
      const response = await fetch(`${origin}${path}`, {
        method,
        headers,
        redirect: "manual",
        ...(body === undefined ? {} : { body }),
      }).catch((error: unknown) => String(error));
      const complaint = typeof response === "string" ? response : await complaintOf(response);
      if (complaint !== null) complaints.push(`${method} ${path} ${JSON.stringify(headers)} ${body}: ${complaint}`);
    }
  };
  await Promise.all(Array.from({ length: abreast }, ask));
  return complaints;
}
