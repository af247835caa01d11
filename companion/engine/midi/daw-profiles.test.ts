import { expect, test } from "vitest";
import { dawProfiles, dawSettings } from "./daw-profiles.std.ts";

test("C4: a profile brings rate, start and how its record key works; what a person says goes before it", () => {
  expect(dawSettings([])).toEqual({ rate: "30", startFrames: 0, mackie: {} });
  expect(dawSettings(["logic"])).toMatchObject({
    rate: "25",
    startFrames: 3_600 * 48_000,
    mackie: { recordRolls: true },
  });
  expect(dawSettings(["00:00:00:00", "logic", "29.97df"])).toMatchObject({ rate: "29.97df", startFrames: 0 });
  // An hour of labels at 29.97 without dropping is 3.6 s longer than an hour.
  expect(dawSettings(["pro-tools"]).startFrames).toBe(Math.round(3_600 * 1.001 * 48_000));
  for (const name of Object.keys(dawProfiles)) expect(dawSettings([name]).profile?.name).toBe(dawProfiles[name]?.name);
});

test("C4: what is no DAW, rate or start is said with what there is", () => {
  expect(() => dawSettings(["garageband"])).toThrow(/"garageband" is no DAW, rate or start\. DAWs: ardour, live/);
  expect(() => dawSettings(["25", "24"])).toThrow(/"24" is no DAW/);
  expect(() => dawSettings(["constructor"])).toThrow(/is no DAW/);
  expect(() => dawSettings(["25", "01:00:00:25"])).toThrow(/no place at 25/);
});
