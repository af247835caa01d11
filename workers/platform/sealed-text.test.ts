import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { systemDeps } from "./deps.ts";
import { openText, sealText } from "./sealed-text.ts";

test("H6: what is sealed opens here, for the same purpose and row, and nowhere else", async () => {
  const sealed = await sealText(env, systemDeps, "second-factors", "acc_1", "JBSWY3DPEHPK3PXP");
  expect(sealed).not.toContain("JBSWY3DPEHPK3PXP");
  expect(await openText(env, "second-factors", "acc_1", sealed)).toBe("JBSWY3DPEHPK3PXP");
  expect(await openText(env, "second-factors", "acc_2", sealed)).toBeNull();
  expect(await openText(env, "recovery-codes", "acc_1", sealed)).toBeNull();
  const otherwise = { ...env, STORE_KEY: "another store key, 32 bytes or more" };
  expect(await openText(otherwise, "second-factors", "acc_1", sealed)).toBeNull();
  const other = sealed.startsWith("A") ? "B" : "A";
  for (const broken of ["", "x", `${other}${sealed.slice(1)}`, sealed.slice(0, -8), "\u0000"])
    expect(await openText(env, "second-factors", "acc_1", broken)).toBeNull();
});
