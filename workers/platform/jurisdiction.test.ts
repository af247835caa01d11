import { describe, expect, test } from "vitest";
import type { SessionRoom } from "../../durable-objects/session-room.ts";
import { inTheEu } from "./jurisdiction.ts";

describe("H1: Durable Objects are kept in the EU", () => {
  const asked: string[] = [];
  const european = {} as DurableObjectNamespace<SessionRoom>;
  const namespace = {
    jurisdiction: (name: string) => {
      asked.push(name);
      return european;
    },
  } as unknown as DurableObjectNamespace<SessionRoom>;

  test("H1: in production the EU namespace is asked for", () => {
    expect(inTheEu(namespace, "production")).toBe(european);
    expect(asked).toEqual(["eu"]);
  });

  test("H1: an environment that is not named local is treated as production", () => {
    expect(inTheEu(namespace, "staging" as "production")).toBe(european);
  });

  test("H1: a local workerd, which cannot do it, is not asked", () => {
    asked.length = 0;
    expect(inTheEu(namespace, "local")).toBe(namespace);
    expect(asked).toEqual([]);
  });
});
