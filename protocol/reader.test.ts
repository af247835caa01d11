import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import * as z from "zod";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-reader-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a browser reads with them. */
const modules = ["room", "recordings", "sessions", "errors", "timeline", "ids", "roles", "accents"];
const entry = modules.map((name) => `export * as ${name} from "./protocol/${name}.ts";`).join("\n");

async function bundled(name: string, alias: Record<string, string>): Promise<Record<string, Record<string, unknown>>> {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({
    stdin: { contents: entry, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
    alias,
    logOverride: { "import-is-undefined": "error" },
  });
  return await import(pathToFileURL(outfile).href);
}

/** Values that a schema likes, from its own description. */
function liked(schema: z.core.JSONSchema.BaseSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const many = schema.anyOf ?? schema.oneOf;
  if (many !== undefined) return fc.oneof(...many.map((one) => liked(one as z.core.JSONSchema.BaseSchema)));
  switch (schema.type) {
    case "string": {
      if (schema.format === "uuid") return fc.uuid();
      const length = { minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 12, 40) };
      if (schema.pattern !== undefined)
        return fc.oneof(fc.stringMatching(new RegExp(schema.pattern, "u")), fc.string(length));
      return fc.string(length.minLength > length.maxLength ? {} : length);
    }
    case "integer":
    case "number": {
      const min = Math.max(schema.minimum ?? -1e6, -1e9);
      const max = Math.min(schema.maximum ?? 1e6, 1e9);
      return schema.type === "integer"
        ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
        : fc.double({ min, max, noNaN: true });
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(liked((schema.items ?? {}) as z.core.JSONSchema.BaseSchema), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, 3),
      });
    case "object": {
      const known = Object.entries(schema.properties ?? {}).map(([name, one]) => [
        name,
        liked(one as z.core.JSONSchema.BaseSchema),
      ]);
      return fc.record(Object.fromEntries(known), { requiredKeys: (schema.required ?? []) as never[] });
    }
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

/** One place of a value is something else, is gone, or has a neighbour that nobody named. */
const spoilt = (value: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(value) && value.length > 0)
    return fc.nat(value.length - 1).chain((at) => spoilt(value[at]).map((one) => value.with(at, one)));
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
    return fc.constantFrom(...Object.keys(value)).chain((key) => {
      const here = value as Record<string, unknown>;
      const { [key]: _gone, ...without } = here;
      return fc.oneof(
        { weight: 3, arbitrary: spoilt(here[key]).map((one) => ({ ...here, [key]: one })) },
        { weight: 1, arbitrary: fc.constant(without) },
        { weight: 1, arbitrary: fc.constant({ ...here, other: 1 }) },
      );
    });
  const odd = fc.constantFrom(undefined, null, "", "other", 0, -1, 0.5, 1e300, Number.NaN, true, [], {});
  return fc.oneof(odd, fc.jsonValue({ maxDepth: 1 }));
};

test("P5: a browser's reader takes and refuses what zod does, and makes the same of it", async () => {
  const real = await bundled("zod", {});
  const small = await bundled("reader", { zod: "./protocol/reader.ts" });
  let compared = 0;
  for (const name of modules) {
    for (const [word, schema] of Object.entries(real[name] ?? {})) {
      const twin = small[name]?.[word] as { safeParse(value: unknown): { success: boolean; data?: unknown } };
      if (typeof schema !== "object" || schema === null || !("_zod" in schema)) continue;
      const classic = schema as z.ZodType;
      const described = z.toJSONSchema(classic, { unrepresentable: "any", io: "input" });
      const value = liked(described).chain((good) => fc.oneof(fc.constant(good), spoilt(good)));
      fc.assert(
        fc.property(value, (one) => {
          const [zod, ours] = [classic.safeParse(one), twin.safeParse(one)];
          expect({ word, success: ours.success, data: ours.data }).toEqual({
            word,
            success: zod.success,
            data: zod.data,
          });
        }),
        { numRuns: 15 },
      );
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(60);
});
