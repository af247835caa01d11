import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import { idleStatus } from "../../protocol/room.ts";
import { initialView, type ViewState } from "./model.std.ts";
import { ViewVideo } from "./view-video.dom.ts";

const ada: MemberId = `mem_${"a".repeat(26)}`;

/** A camera that knows whether its light is on. */
class Camera {
  isLit = false;
  asked = 0;
  refusal: string | null = null;
  onended: (() => void) | null = null;
  readonly track = {
    stop: () => {
      this.isLit = false;
    },
    set onended(heard: (() => void) | null) {
      camera.onended = heard;
    },
  };
  getUserMedia = async () => {
    this.asked++;
    if (this.refusal !== null) throw new DOMException("", this.refusal);
    this.isLit = true;
    return { getVideoTracks: () => [this.track], getTracks: () => [this.track] };
  };
}

let camera: Camera;
let state: ViewState;
let told: boolean[];
let video: ViewVideo;

beforeEach(() => {
  camera = new Camera();
  vi.stubGlobal("navigator", { mediaDevices: camera });
  told = [];
  const me = { memberId: ada, displayName: "Ada", role: "host", connected: true, status: idleStatus } as const;
  state = { ...initialView, memberId: ada, role: "host", members: [me] };
  video = new ViewVideo({
    state: () => state,
    signal: () => undefined,
    setStatus: ({ cameraOn }) => told.push(cameraOn),
  });
});
afterEach(() => {
  video.close();
  vi.unstubAllGlobals();
});

test("C3: no camera is opened before the person's click, and its light is out when they have clicked again", async () => {
  video.setMembers();
  expect(camera.asked).toBe(0);
  await video.turnOn();
  expect(camera.isLit).toBe(true);
  expect(told).toEqual([true]);
  video.turnOff();
  expect(camera.isLit).toBe(false);
  expect(video.own.value).toBeNull();
  expect(told).toEqual([true, false]);
});

test("C3: whoever may not show a picture opens no camera, and whoever no longer may has theirs closed", async () => {
  state = { ...state, role: "observer" };
  await video.turnOn();
  expect(camera.asked).toBe(0);
  state = { ...state, role: "participant" };
  await video.turnOn();
  state = { ...state, role: "observer" };
  video.setMembers();
  expect(camera.isLit).toBe(false);
});

test("C3: a camera that cannot be had is said, and so is one that goes", async () => {
  for (const [name, trouble] of [
    ["NotAllowedError", "denied"],
    ["NotFoundError", "no-camera"],
    ["NotReadableError", "in-use"],
  ] as const) {
    camera.refusal = name;
    await video.turnOn();
    expect(video.state.value).toMatchObject({ power: "off", trouble });
  }
  camera.refusal = null;
  await video.turnOn();
  camera.onended?.();
  expect(video.state.value).toMatchObject({ power: "off", trouble: "camera-gone" });
  expect(told.at(-1)).toBe(false);
});
