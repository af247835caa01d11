import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, indexWords, typedWords } from "./search-text.ts";

/** Whether a search for `typed` finds a text, as the index decides it. */
const finds = (typed: string, text: string) => {
  const held = indexWords(text);
  const isHeld = (word: string) => held.some((one) => one.startsWith(word));
  return typedWords(typed).every(({ forms }) => forms.some((form) => form.every(isHeld)));
};

test("A4: accents are folded, and a diaeresis may be written as an e", () => {
  expect(fold("Zoë ŻÓŁĆ Straße")).toBe("zoe·zolc·strasse");
  for (const typed of ["Müller", "muller", "mueller", "MUELLER"]) expect(finds(typed, "Jörg Müller"), typed).toBe(true);
  expect(finds("Müller", "Mueller")).toBe(true);
  expect(finds("joerg", "Jörg Müller")).toBe(true);
});

test("A4: a mark that makes another letter stays", () => {
  expect(finds("गटर", "गिटार")).toBe(false);
  expect(finds("गिटार", "मैं गिटार बजाता हूँ")).toBe(true);
  expect(finds("かき", "がき")).toBe(false);
  expect(finds("ガ", "ｶﾞ")).toBe(true);
  expect(finds("мои", "мой")).toBe(false);
  expect(finds("Алена", "Алёна")).toBe(true);
  expect(finds("مدرسة", "مَدْرَسَة")).toBe(true);
});

test("A4: in a script without spaces a word is found inside a sentence", () => {
  const text = "東京でジャズギターを弾きます";
  for (const typed of ["ジャズ", "ギター", "東京", "ジャズ ギター", "弾", "す"])
    expect(finds(typed, text), typed).toBe(true);
  for (const typed of ["ロック", "ジズル", "京東"]) expect(finds(typed, text), typed).toBe(false);
  expect(finds("กีตาร์", "ฉันเล่นกีตาร์ไฟฟ้า")).toBe(true);
  expect(finds("jazz", "東京でjazzを")).toBe(true);
  expect(finds("기타", "전자기타를 칩니다")).toBe(true);
  expect(finds("타기", "전자기타를 칩니다")).toBe(false);
  expect(finds("ꦒꦶꦠꦂ", "ꦲꦏꦸꦒꦶꦠꦂ")).toBe(true);
});

test("X26: whatever is typed, a text finds itself, and steps grow in proportion", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
      expect(finds(text, text)).toBe(true);
      for (const word of indexWords(text)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
    }),
  );
  expect(indexWords(`a${"\u0308".repeat(20_000)}`).join("").length).toBeLessThan(30_000);
});
