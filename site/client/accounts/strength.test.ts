import { describe, expect, test } from "vitest";
import { isAccepted, judge, PASSWORD_MIN_CHARS } from "./strength.ts";

describe("a new password", () => {
  test("is long; its length is counted as people count", () => {
    expect(judge("")).toBe("empty");
    expect(judge("a".repeat(PASSWORD_MIN_CHARS - 1))).toBe("short");
    expect(judge("🥁🎸🎹🎻🎺🎷🪕🪗🎤🎧📯")).toBe("short");
    expect(isAccepted(judge("🥁🎸🎹🎻🎺🎷🪕🪗🎤🎧📯🪘"))).toBe(true);
  });

  test.each([
    "password1234",
    "Passwort2026!",
    "P4ssw0rd!!!!",
    "iloveyou2026",
    "123456789012",
    "qwertyuiop12",
    "passwordpassword",
    "sunshinemonkey",
  ])("%s is what everybody tries", (password) => expect(isAccepted(judge(password))).toBe(false));

  test.each(["aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "abcdefghijklmnop", "12121212121212", "zzzzzzzzzzzz1"])(
    "%s is a pattern",
    (password) => expect(isAccepted(judge(password))).toBe(false),
  );

  test("the person's own name and address are not a secret", () => {
    expect(judge("ada.lovelace1", ["Ada Lovelace", "ada.lovelace@example.org"])).toBe("personal");
    expect(isAccepted(judge("lovelace plays the theremin badly", ["Ada Lovelace", "a@b.c"]))).toBe(true);
  });

  test("no kind of character is demanded", () => {
    expect(isAccepted(judge("tea kettle rainfall"))).toBe(true);
    expect(judge("correct staple battery horse")).toBe("strong");
    expect(isAccepted(judge("日本語の長い合言葉は強いです"))).toBe(true);
  });
});
