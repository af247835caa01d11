import { expect, test } from "vitest";
import { inputTroubleOf, type ListedDevice } from "./devices.std.ts";

const input = (deviceId: string, groupId = deviceId): ListedDevice => ({
  kind: "audioinput",
  deviceId,
  groupId,
  label: "",
});
const output: ListedDevice = { kind: "audiooutput", deviceId: "guitar", groupId: "guitar", label: "" };
const [guitar, voice] = [input("guitar"), input("voice")];

test("X24: a chosen input is gone when it is not in the list, whatever else comes and goes", () => {
  expect(inputTroubleOf("guitar", [guitar], [guitar, voice])).toBeNull();
  expect(inputTroubleOf("guitar", [guitar, voice], [guitar])).toBeNull();
  expect(inputTroubleOf("guitar", [guitar, voice], [voice, output])).toBe("input-gone");
});

test("X24: the system's choice is followed to the device that it is, and to no other", () => {
  const chosen = input("default", "guitar");
  expect(inputTroubleOf("default", [chosen, guitar, voice], [chosen, guitar])).toBeNull();
  expect(inputTroubleOf("default", [chosen, guitar], [chosen, guitar, voice])).toBeNull();
  expect(inputTroubleOf("default", [chosen, guitar, voice], [input("default", "voice"), guitar, voice])).toBe(
    "input-switched",
  );
  expect(inputTroubleOf("default", [chosen, guitar, voice], [chosen, voice])).toBe("input-switched");
  expect(inputTroubleOf("default", [chosen, guitar], [])).toBe("input-gone");
});

test("X24: where nothing says which device the system has chosen, any that goes may have been it", () => {
  const chosen = input("default", "of its own");
  expect(inputTroubleOf("default", [chosen, guitar], [chosen, guitar, voice])).toBeNull();
  expect(inputTroubleOf("default", [chosen, guitar, voice], [chosen, voice])).toBe("input-switched");
});

test("X24: a list from before a person allowed anything says nothing, nor does one that never had what is open", () => {
  expect(inputTroubleOf("a way back from the way out", [], [guitar])).toBeNull();
  expect(inputTroubleOf("default", [input("", "")], [input("default", "guitar"), guitar])).toBeNull();
});
