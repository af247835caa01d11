/** The driver path: what lies between a browser and the device, and adds its own delay. Told from the system's name, since no browser says more. */
export type DriverPath = "windows" | "mac" | "linux" | "mobile" | "bluetooth" | "other";

/**
 * @param platform `navigator.userAgentData.platform` or, where there is none, `navigator.platform`.
 * @param output What the system calls the output, if that is known: a radio in between is worse than any mixer.
 */
export function driverPathOf(platform: string, isMobile: boolean, output = ""): DriverPath {
  if (/bluetooth|airpods|hands-?free|\bbuds\b/i.test(output)) return "bluetooth";
  if (isMobile || /android|iphone|ipad/i.test(platform)) return "mobile";
  if (/^win/i.test(platform)) return "windows";
  if (/^mac/i.test(platform)) return "mac";
  return /linux|cros|chrome os/i.test(platform) ? "linux" : "other";
}
