import { describe, expect, test } from "vitest";
import { negotiate } from "./language.ts";

describe("the language of a page", () => {
  test("A7: comes from the address, else from the browser, and needs no cookie", () => {
    expect(negotiate("de", "en")).toBe("de");
    expect(negotiate("DE", "en")).toBe("de");
    expect(negotiate("De-AT", "en")).toBe("de");
    expect(negotiate(undefined, "de-AT,de;q=0.9,en;q=0.8")).toBe("de");
    expect(negotiate(undefined, "fr, en;q=0.4, de;q=0.7")).toBe("de");
    // Spaces are allowed on both sides of the semicolon (RFC 9110, 12.4.2).
    expect(negotiate(undefined, "de ;q=0.9")).toBe("de");
    expect(negotiate(undefined, "en ; q=0.5 , de-DE ; q=0.9")).toBe("de");
    expect(negotiate("tlh", "de;q=0, fr")).toBe("en");
    expect(negotiate(undefined, ",;;q=,\u0000".repeat(400))).toBe("en");
  });
});
