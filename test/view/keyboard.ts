import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Further than this no control of the view is from another. */
const STOPS_MAX = 150;
const NOWHERE = "nowhere";

interface Stand {
  /** What the control is called. */
  name: string;
  /** What is wrong with how it is seen. */
  fault: string;
}

/** What has been pressed is there to be looked at once it has been drawn; what the layout moved is put right in a frame after that. */
const LOOKS_MAX = 10;
const isDrawn = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))";

/**
 * Where the keyboard stands, and whether that can be seen (WCAG 2.4.7) and is covered by nothing (2.4.12): a small control from edge to edge, one
 * that is as large as a part of the view somewhere at least.
 */
const look = `(async () => {
const standing = () => {
  const element = document.activeElement;
  if (element === null || element === document.body) return { name: "${NOWHERE}", fault: "" };
  const name = (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent ?? "").trim();
  // A choice that is drawn by what stands beside it.
  const drawn = getComputedStyle(element).opacity === "0" ? element.nextElementSibling : element;
  const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
  if (outlineStyle === "none" || parseFloat(outlineWidth) === 0) return { name, fault: "not shown" };
  // A link that goes on in the next line is two boxes.
  const box = drawn.getClientRects()[0] ?? drawn.getBoundingClientRect();
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  const [right, bottom] = [Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
  if (right - left < 2 || bottom - top < 2) return { name, fault: "out of the window" };
  const by = new Set();
  const over = [...document.querySelectorAll(".view-toasts li")].filter((toast) => !toast.contains(element));
  const seenAt = (x, y) => {
    if (over.some((toast) => { const r = toast.getBoundingClientRect(); return x >= r.left && x <= r.right && y >= r.top && y <= r.bottom; })) {
      by.add("what is told in passing");
      return false;
    }
    const hit = document.elementFromPoint(x, y);
    const isSeen = hit !== null && (hit.contains(element) || element.contains(hit) || drawn.contains(hit)) && !hit.matches("html, body");
    if (!isSeen) by.add(hit?.className || hit?.tagName);
    return isSeen;
  };
  const middle = [(left + right) / 2, (top + bottom) / 2];
  const points = [middle, [left + 2, middle[1]], [right - 2, middle[1]], [middle[0], top + 2], [middle[0], bottom - 2]].map(([x, y]) => seenAt(x, y));
  const isLarge = box.height > innerHeight / 4;
  const isWhole = box.top >= 0 && box.bottom <= innerHeight;
  if (isLarge ? !points.some(Boolean) : !isWhole || !points.every(Boolean)) return { name, fault: "covered " + points.map(Number).join("") + " by " + [...by].join() + " in " + element.closest("[class]")?.className };
  return { name, fault: "" };
};
let stand;
for (let looks = 0; looks < ${LOOKS_MAX} && stand?.fault !== ""; looks++) {
  await ${isDrawn};
  stand = standing();
}
return stand;
})()`;

/** Somebody who has no mouse. Wherever their keyboard comes, it is seen. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  press(key: string): Promise<void> {
    return this.#page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.#page.keyboard.type(text);
  }

  async stands(): Promise<string> {
    const { name, fault } = await this.#page.evaluate<Stand>(look);
    expect(`${name}: ${fault}`).toBe(`${name}: `);
    return name;
  }

  /** Goes on by Tab, or back, until it stands on what is called so. */
  async to(wanted: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    const passed: string[] = [];
    for (let stop = 0; stop < STOPS_MAX; stop++) {
      await this.press(key);
      const name = await this.stands();
      if (wanted.test(name)) return;
      passed.push(name);
    }
    throw new Error(`The keyboard does not come to ${wanted}, only to: ${passed.join(" | ")}`);
  }

  /** What went away under the keyboard has left it somewhere. */
  async isSomewhere(): Promise<void> {
    await expect.poll(() => this.stands()).not.toBe(NOWHERE);
  }

  /** From where it stands through everything until past the end, or back; all stops. Past the end stands the browser's own frame, which may keep one press. */
  async tour(key: "Tab" | "Shift+Tab"): Promise<Stand[]> {
    const passed: Stand[] = [];
    for (let press = 0; press < STOPS_MAX; press++) {
      await this.press(key);
      const stand = await this.#page.evaluate<Stand>(look);
      if (stand.name !== NOWHERE) passed.push(stand);
      else if (press > 0) break;
    }
    return passed;
  }
}
