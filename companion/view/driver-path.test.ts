import { expect, test } from "vitest";
import { driverPathOf } from "./driver-path.std.ts";

test.each([
  ["Windows", false, "", "windows"],
  ["Win32", false, "Focusrite USB", "windows"],
  ["macOS", false, "", "mac"],
  ["MacIntel", false, "", "mac"],
  ["Linux x86_64", false, "", "linux"],
  ["Linux aarch64", true, "", "mobile"],
  ["iPhone", false, "", "mobile"],
  ["", false, "", "other"],
  ["Windows", false, "Ada's AirPods", "bluetooth"],
  ["macOS", false, "WH-1000 (Bluetooth)", "bluetooth"],
] as const)("the driver path of %j, mobile %s, output %j is %s", (platform, isMobile, output, path) => {
  expect(driverPathOf(platform, isMobile, output)).toBe(path);
});
