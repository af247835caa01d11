import fc from "fast-check";
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

const oddity = fc.constantFrom(...oddities);
const letters = fc.constantFrom(..."abcdefghijkmnpqrstvwxyz0123456789-_A");
const ofLength = (unit: fc.Arbitrary<string>, length: number) =>
  fc.string({ unit, minLength: length, maxLength: length });
const digest = ofLength(fc.constantFrom(..."0123456789abcdef"), 64);
/** `usual`, and so many times in a hundred something else. */
const mostly = <Usual, Other>(usual: fc.Arbitrary<Usual>, other: fc.Arbitrary<Other>, percent: number) =>
  fc.oneof({ weight: 100 - percent, arbitrary: usual }, { weight: percent, arbitrary: other });

const seldom = (...headers: string[]) => mostly(fc.constant(null), fc.constantFrom(...headers), 10);

function numbers({ type, minimum = -10, maximum = 1e6 }: Schema): fc.Arbitrary<number> {
  const [low, high] = [minimum, Math.min(maximum, 1e12)];
  const inside =
    type === "integer" ? fc.integer({ min: low, max: high }) : fc.double({ min: low, max: high, noNaN: true });
  return fc.oneof(fc.constantFrom(low, high, low - 1, high + 1), inside);
}

/** Requests that nearly fit: each value is from its schema most of the time, and from another world now and then. */
export function requests(
  description: Description,
  tokens: readonly (string | null)[],
  ids: readonly string[],
): fc.Arbitrary<Asked> {
  const id = fc.constantFrom(...ids);

  const texts = ({ format, pattern = "", minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> => {
    if (format === "uuid") return fc.uuid();
    if (format === "email") return fc.nat(49).map((number) => `p${number}@example.org`);
    if (pattern.includes("[0-9a-f]{64}")) return digest;
    if (pattern.includes("_")) return id;
    return fc.constantFrom(minLength, Math.min(maxLength, 3_000), 12, 43).chain((length) => ofLength(letters, length));
  };

  const objects = ({ properties = {}, required = [] }: Schema): fc.Arbitrary<object> => {
    const fields = Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, values(part)]));
    return mostly(fc.record(fields, { requiredKeys: [...required] }), fc.record(fields, { requiredKeys: [] }), 10);
  };

  const fitting = (schema: Schema): fc.Arbitrary<unknown> => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1) ?? "";
      // Looked up when a value is made: a schema may hold itself.
      return fc.constant(null).chain(() => values(description.components?.schemas?.[name] ?? {}));
    }
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map(values));
    if (schema.allOf !== undefined)
      return fc.tuple(...schema.allOf.map(values)).map((parts) => Object.assign({}, ...parts));
    if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => fitting({ ...schema, type })));
    switch (schema.type) {
      case "object":
        return objects(schema);
      case "array":
        return fc.array(values(schema.items ?? {}), { maxLength: 3 });
      case "integer":
      case "number":
        return numbers(schema);
      case "boolean":
        return fc.boolean();
      case "string":
        return texts(schema);
      default:
        return oddity;
    }
  };
  const values = (schema: Schema): fc.Arbitrary<unknown> => mostly(fitting(schema), oddity, 6);

  const bodies = ({ requestBody }: Operation) => {
    const [type, { schema }] = Object.entries(requestBody?.content ?? {})[0] ?? ["application/json", { schema: {} }];
    const written = values(schema).map((value) =>
      type.includes("form-urlencoded")
        ? new URLSearchParams(Object.entries(value ?? {}).map(([key, part]) => [key, String(part)])).toString()
        : (JSON.stringify(value) ?? ""),
    );
    const torn = written.map((text) => text.slice(0, Math.floor(text.length / 2)));
    return fc.record({
      type: mostly(fc.constant(type), fc.constantFrom("text/plain", "application/xml", "x"), 5),
      body: mostly(written, torn, 3),
    });
  };

  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestsTo(method.toUpperCase(), path, operation)),
  );
  return fc.oneof(...operations);

  function requestsTo(method: string, pattern: string, operation: Operation): fc.Arbitrary<Asked> {
    const asked = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
    const queries = asked.map(({ name, schema }) => [name, values(schema ?? {})] as const);
    return fc
      .record({
        parts: fc.array(mostly(id, oddity, 30), { minLength: 4, maxLength: 4 }),
        query: fc.record(Object.fromEntries(queries), { requiredKeys: [] }),
        token: fc.constantFrom(...tokens),
        network: fc.ipV4(),
        range: seldom("bytes=0-", "bytes=5-1", "bytes=-0", "pages=1", "bytes=0-1,3-4"),
        digest: seldom("sha-256=:AA==:", "md5=:x:", "", "sha-256=nonsense"),
        sent: method === "GET" ? fc.constant(null) : bodies(operation),
      })
      .map(({ parts, query, token, network, range, digest: sum, sent }) => {
        let at = 0;
        const path = pattern.replaceAll(/\{\w+\}/g, () => encodeURIComponent(String(parts[at++])).slice(0, 300));
        const search = new URLSearchParams(
          Object.entries(query).map(([name, value]) => [name, String(value).slice(0, 500)]),
        );
        const headers: Record<string, string> = { "CF-Connecting-IP": network };
        if (token !== null) headers.Authorization = `Bearer ${token}`;
        if (range !== null) headers.Range = range;
        if (sum !== null) headers["Content-Digest"] = sum;
        if (sent !== null) headers["Content-Type"] = sent.type;
        const address = `${path}${search.size > 0 ? `?${search}` : ""}`;
        return { method, path: address, headers, ...(sent === null ? {} : { body: sent.body }) };
      });
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

/** Requests that are made before any is asked: memory does not grow with their number. */
const SAMPLE = 500;

/** So many of them; the same seed asks the same. */
function* sampleOf(asked: fc.Arbitrary<Asked>, seed: number, count: number): Generator<Asked> {
  for (let done = 0; done < count; done += SAMPLE)
    yield* fc.sample(asked, { seed: seed + done, numRuns: Math.min(SAMPLE, count - done) });
}

interface Plan {
  seed: number;
  count: number;
  abreast: number;
}

/** Asks `count` requests, `abreast` at a time, and returns the complaints, each with the request that caused it. */
export async function askAll(origin: string, asked: fc.Arbitrary<Asked>, { seed, count, abreast }: Plan) {
  const complaints: string[] = [];
  const sample = sampleOf(asked, seed, count);
  const ask = async () => {
    for (const { method, path, headers, body } of sample) {
      if (complaints.length >= 10) return;
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
