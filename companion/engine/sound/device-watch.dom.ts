import { every } from "../clock/every.std.ts";
import type { ListedDevice } from "./devices.std.ts";

/** An engine says `devicechange` for a cable, and not always for a device that a sound server makes or takes away: so often the list is looked at, to say it within a second (X24). */
const LOOK_MS = 500;

/** The list of devices, told whenever it is another one. Life: from the first sound to `close`. */
export class DeviceWatch {
  readonly #onChange: (devices: readonly ListedDevice[]) => void;
  readonly #stop: () => void;
  #last = "";
  #isLooking = false;
  #isClosed = false;

  constructor(onChange: (devices: readonly ListedDevice[]) => void) {
    this.#onChange = onChange;
    this.#stop = every(LOOK_MS, this.look);
    navigator.mediaDevices.addEventListener("devicechange", this.look);
  }

  /** Looks now: somebody has just allowed it, or a device was opened. */
  readonly look = async (): Promise<void> => {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    try {
      const listed = await navigator.mediaDevices.enumerateDevices();
      const devices = listed.map(({ kind, deviceId, groupId, label }) => ({ kind, deviceId, groupId, label }));
      const now = JSON.stringify(devices);
      if (this.#isClosed || now === this.#last) return;
      this.#last = now;
      this.#onChange(devices);
    } catch {
      // The next look is a second away.
    } finally {
      this.#isLooking = false;
    }
  };

  close(): void {
    this.#isClosed = true;
    this.#stop();
    navigator.mediaDevices.removeEventListener("devicechange", this.look);
  }
}
