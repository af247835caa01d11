/** Sound devices as a browser lists them (W3C Media Capture and Streams, 9.2), and what a list that has changed means for the input that is open. */

export interface ListedDevice {
  kind: string;
  deviceId: string;
  groupId: string;
  label: string;
}

/** The system's own choice, as engines that list it call it; its group is that of the device which it is, where the system says so. */
export const SYSTEM_CHOICE = "default";
const SYSTEM_CHOICES: readonly string[] = [SYSTEM_CHOICE, "communications"];

/** Why an input is not played any more: it is not there, or the system, which chose it, may have put another in its place. */
export type InputTrouble = "input-gone" | "input-switched";

/**
 * What has become of the input `openId` since it was opened, when `before` was the list. Whoever plays on the system's choice would be switched to another microphone without a
 * word, so whatever may have done that ends it: its group is another, or a device has gone that it was, or may have been where nothing says which it is.
 */
export function inputTroubleOf(
  openId: string,
  before: readonly ListedDevice[],
  now: readonly ListedDevice[],
): InputTrouble | null {
  const [was, is] = [inputOf(before, openId), inputOf(now, openId)];
  // What no list has ever had is no device that could be pulled out, or it is known under a name that may not be read yet.
  if (was === undefined) return null;
  if (is === undefined) return "input-gone";
  if (!SYSTEM_CHOICES.includes(openId)) return null;
  if (was.groupId !== is.groupId) return "input-switched";
  const real = before.filter(({ kind, deviceId }) => kind === "audioinput" && !SYSTEM_CHOICES.includes(deviceId));
  const same = real.filter(({ groupId }) => groupId === was.groupId);
  const isLess = (same.length > 0 ? same : real).some(({ deviceId }) => inputOf(now, deviceId) === undefined);
  return isLess ? "input-switched" : null;
}

const inputOf = (devices: readonly ListedDevice[], id: string): ListedDevice | undefined =>
  devices.find(({ kind, deviceId }) => kind === "audioinput" && deviceId === id);

/** Those of a kind that can be chosen; before a person has allowed anything a list has one without a name for each kind. */
export const ofKind = (devices: readonly ListedDevice[], kind: "audioinput" | "audiooutput"): ListedDevice[] =>
  devices.filter((one) => one.kind === kind && one.deviceId !== "");

export const isListed = (id: string, devices: readonly ListedDevice[]): boolean => inputOf(devices, id) !== undefined;
