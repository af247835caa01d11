import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { initialView } from "./model.std.ts";
import { StillPicture } from "./still-picture.dom.ts";
import { type Colours, LANE_PX, RULER_PX, type Scene } from "./strokes.dom.ts";

const WIDTH_PX = 200;
const LANES = 3;
/** Rows that were painted since they were last looked at: the ruler is -1. */
let painted: number[] = [];
/** How often the page was given another picture. */
let shown = 0;

/** A pen that notes where it was let paint; whatever else it is told, it does nothing. */
class FakeCanvas {
  width: number;
  height: number;
  constructor(width: number, height: number) {
    [this.width, this.height] = [width, height];
  }
  getContext() {
    let row = Number.NaN;
    return new Proxy(
      {
        rect: (_x: number, y: number, _width: number, height: number) => {
          row = height === RULER_PX ? -1 : height === LANE_PX ? (y - RULER_PX) / LANE_PX : Number.NaN;
        },
        clip: () => void (Number.isNaN(row) || painted.push(row)),
        measureText: () => ({ width: 1 }),
        canvas: this,
      },
      { get: (pen, name) => Reflect.get(pen, name) ?? (() => undefined), set: () => true },
    );
  }
}

beforeEach(() => {
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 10));
  vi.stubGlobal("OffscreenCanvas", FakeCanvas);
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("createImageBitmap", async () => {
    shown++;
    return {};
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("C7: a view that is another one is shown at once as it was, and its lanes are painted from the next frame on", () => {
  const picture = new StillPicture(new FakeCanvas(1, 1) as unknown as HTMLCanvasElement);
  const lanes = Array.from({ length: LANES }, (_, at) => ({ memberId: null, name: `${at}`, stems: [] }));
  const scene = { state: initialView, lanes, view: { from: 0, to: 480_000 } } as unknown as Scene;
  const size = { width: WIDTH_PX, height: RULER_PX + LANES * LANE_PX };
  const draw = () => {
    painted = [];
    picture.draw({ people: [], waves: new Map() } as unknown as Colours, scene, size, (frames) => frames / 2_400);
    return painted;
  };
  for (const _ of ["first", "zoomed"]) {
    shown = 0;
    picture.change();
    expect([draw(), shown]).toEqual([[-1], 1]);
    // However slow a machine is, each frame has a lane.
    expect(Array.from({ length: LANES }, draw)).toEqual([[0], [1], [2]]);
    expect([draw(), shown]).toEqual([[], 2]);
  }
});

test("C7: where nobody has a lane, the room of one is painted anew too: in other colours, or without the last who was there", () => {
  const picture = new StillPicture(new FakeCanvas(1, 1) as unknown as HTMLCanvasElement);
  const scene = { state: initialView, lanes: [], view: { from: 0, to: 480_000 } } as unknown as Scene;
  const draw = () => {
    painted = [];
    const colours = { people: [], waves: new Map() } as unknown as Colours;
    picture.draw(colours, scene, { width: WIDTH_PX, height: RULER_PX + LANE_PX }, (frames) => frames / 2_400);
    return painted;
  };
  for (const _ of ["light", "dark"]) {
    picture.change();
    // At once as it was, and then as it is.
    draw();
    expect([draw(), draw()]).toEqual([[0], []]);
  }
});
