import { expect, test } from "vitest";
import type { MemberId, RecordingId } from "../../../protocol/ids.ts";
import { DELIVERY_CHOICES_MAX } from "../../../protocol/limits.ts";
import { choose, DeliveryChoices, isWanted } from "./delivery-choices.std.ts";

const ada: MemberId = `mem_${"a".repeat(26)}`;
const ben: MemberId = `mem_${"b".repeat(26)}`;
const take = "00000000-0000-4000-8000-000000000001";
const stem = (letter: string, memberId: MemberId, takeId = take) => ({
  recordingId: `rec_${letter.repeat(26)}` as RecordingId,
  takeId,
  memberId,
});
const [guitar, drums] = [stem("c", ada), stem("d", ben)];
const listed = [guitar, drums];

test("C7: all that is shared comes until a person chooses; the nearest choice counts", () => {
  expect(isWanted([], guitar)).toBe(true);
  const withoutAda = choose([], ada, false, listed);
  expect(isWanted(withoutAda, guitar)).toBe(false);
  expect(isWanted(withoutAda, drums)).toBe(true);
  const butThisOne = choose(withoutAda, guitar.recordingId, true, listed);
  expect(isWanted(butThisOne, guitar)).toBe(true);
  expect(isWanted(butThisOne, stem("e", ada))).toBe(false);
  const noTake = choose([], take, false, listed);
  expect([guitar, drums].map((one) => isWanted(noTake, one))).toEqual([false, false]);
  expect(isWanted(noTake, stem("e", ada, "00000000-0000-4000-8000-000000000002"))).toBe(true);
});

test("C7: a choice of a person or a take takes in what was chosen below it", () => {
  const one = choose(choose([], ada, false, listed), guitar.recordingId, true, listed);
  expect(isWanted(choose(one, ada, false, listed), guitar)).toBe(false);
  expect(isWanted(choose(one, take, false, listed), guitar)).toBe(false);
});

test("C7: choices are bounded, and the oldest goes", () => {
  let choices: DeliveryChoices = choose([], ben, false, []);
  for (let at = 0; at < DELIVERY_CHOICES_MAX; at++)
    choices = choose(choices, `rec_${String(at).padStart(26, "0")}`, false, []);
  expect(DeliveryChoices.safeParse(choices).success).toBe(true);
  expect(isWanted(choices, drums)).toBe(true);
});
