import fc from "fast-check";
import { expect, test } from "vitest";
import { newMemberId } from "./testing/test-room.ts";
import { WordKeys } from "./word-keys.ts";

const random = (lengthBytes: number) => crypto.getRandomValues(new Uint8Array(lengthBytes));

test("E3, H6: any words open again under their author's key, also after the process, and in no other way", () => {
  const [ada, ben] = [newMemberId(), newMemberId()];
  const keys = new WordKeys(null, random);
  for (const memberId of [ada, ben]) keys.add(memberId);
  const later = new WordKeys(keys.stored, random);
  // Halves of characters as well, which no bytes are.
  const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 50 }), fc.nat(), (words, at) => {
      const sealed = keys.seal(ada, words);
      expect(later.open(ada, sealed)).toBe(words);
      expect(later.open(ben, sealed)).toBeNull();
      const broken = new Uint8Array(sealed.slice(0));
      const place = at % broken.length;
      broken[place] = (broken[place] ?? 0) ^ 1;
      expect(later.open(ada, broken.buffer)).toBeNull();
      expect(later.open(ada, sealed.slice(0, at % sealed.byteLength))).toBeNull();
    }),
  );
});

test("E3: a key is made once, kept until it is dropped, and another is made after that", () => {
  const ada = newMemberId();
  const keys = new WordKeys(null, random);
  expect([keys.isChanged, keys.stored]).toEqual([false, "{}"]);
  keys.add(ada);
  const [sealed, stored] = [keys.seal(ada, "hers"), keys.stored];
  expect(keys.isChanged).toBe(true);
  keys.add(ada);
  expect(keys.stored).toBe(stored);
  keys.drop(ada);
  expect([keys.stored, keys.open(ada, sealed)]).toEqual(["{}", null]);
  expect(() => keys.seal(ada, "more")).toThrow("no key");
  keys.add(ada);
  expect(keys.open(ada, sealed)).toBeNull();
});
