/**
 * Where the keyboard stands. It is always somewhere that can be seen: on a control, or on the part of the view that the control is in. A script of
 * its own, which is there before anybody has pressed a key.
 */
import { useEffect } from "preact/hooks";
import { actionOf } from "./keys.std.ts";

const PARTS = "section, fieldset, header, aside, main, .view";

/** Of the window's height: a part that is lower is small. */
const SMALL_PART = 4;

const partAround = (element: Element | null) => element?.closest<HTMLElement>(PARTS) ?? null;

/** On a part no key is a control's own: all are the session's, and Tab goes on from there. */
function standOn(part: HTMLElement | null | undefined): void {
  if (part === null || part === undefined) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  // A small one is seen whole; a large one stays as it was being looked at.
  if (part.offsetHeight < innerHeight / SMALL_PART) part.scrollIntoView({ block: "nearest" });
}

/** Out of a control, or out of a menu and back to what opened it. */
function leaveControl(): void {
  const control = document.activeElement;
  const menu = control?.closest<HTMLDetailsElement>("details.view-menu[open]");
  if (menu === null || menu === undefined) standOn(partAround(control?.parentElement ?? null));
  else {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
}

/** A control that goes, or cannot be pressed any more, leaves the keyboard on the part that it was in, and not nowhere. Returns the way to end it. */
function keepFocus(root: HTMLElement): () => void {
  let control: Element | null = null;
  let parts: HTMLElement[] = [];
  const onFocus = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    control = target;
    parts = [];
    for (let part = partAround(target.parentElement); part !== null; part = partAround(part.parentElement))
      parts.push(part);
  };
  const observer = new MutationObserver(() => {
    if (control === null || (control.isConnected && !control.matches(":disabled"))) return;
    control = null;
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body || activeElement.matches(":disabled");
    if (isLost) standOn(parts.find(({ isConnected }) => isConnected));
  });
  root.addEventListener("focusin", onFocus);
  observer.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  return () => {
    root.removeEventListener("focusin", onFocus);
    observer.disconnect();
  };
}

/** Room that is left between what is scrolled to and what lies over the page. */
const CLEAR_PX = 24;

/** What scrolls; the rest of the view lies over it. */
const SCROLLED = ".view-main, .view-side, .view-talk";
/** By these somebody looks elsewhere. */
const LEAVING = ["wheel", "touchmove"];

/**
 * Whatever the keyboard stands on, or comes to, is scrolled out from under what lies over the page, and stays in the window where something comes or grows
 * above it: a browser holds one column of the page still meanwhile, and it may be the other one. Who scrolls away from it is let go. Returns the way to
 * end it.
 */
function keepClear(transport: HTMLElement, toasts: HTMLElement): () => void {
  const { documentElement } = document;
  let observer: IntersectionObserver | undefined;
  let control: Element | null = null;
  let place = "";
  let isSeen = true;
  let isLeft = false;
  const look = (entries: IntersectionObserverEntry[]): void => {
    const { target, boundingClientRect: box, rootBounds: free } = entries.at(-1) ?? {};
    if (control === null || target !== control || box === undefined || !free) return;
    isSeen = box.top >= free.top - 1 && box.bottom <= free.bottom + 1;
    const before = place;
    place = `${Math.round(box.top + scrollY)} of ${documentElement.scrollHeight}`;
    // What only was scrolled was scrolled by somebody.
    if (!isSeen && !isLeft && place !== before) control.scrollIntoView({ block: "nearest" });
    if (isSeen) isLeft = false;
  };
  const leave = (): void => {
    isLeft = true;
  };
  const onFocus = ({ target }: Event): void => {
    observer?.disconnect();
    const isSmall = target instanceof HTMLElement && target.offsetHeight < innerHeight / SMALL_PART;
    control = isSmall && target.matches(":focus-visible") && target.closest(SCROLLED) !== null ? target : null;
    [place, isSeen, isLeft] = ["", true, false];
    if (control !== null) observer?.observe(control);
  };
  const size = new ResizeObserver(() => {
    const [abovePx, belowPx] = [transport.offsetHeight + CLEAR_PX, toasts.offsetHeight];
    documentElement.style.scrollPaddingBlock = `${abovePx}px ${belowPx + 2 * CLEAR_PX}px`;
    // The page is longer by as much: else its last control could not be scrolled out from under.
    const coveredPx = belowPx === 0 ? 0 : belowPx + 2 * CLEAR_PX;
    documentElement.style.setProperty("--view-toasts", `${coveredPx}px`);
    observer?.disconnect();
    const rootMargin = `${CLEAR_PX - abovePx}px 0px ${-coveredPx}px`;
    observer = new IntersectionObserver(look, { rootMargin, threshold: [0, 0.5, 1] });
    if (isSeen) place = "";
    else isLeft = true;
    if (control?.isConnected) observer.observe(control);
  });
  size.observe(transport);
  size.observe(toasts);
  addEventListener("focusin", onFocus);
  for (const one of LEAVING) addEventListener(one, leave, { passive: true });
  return () => {
    size.disconnect();
    observer?.disconnect();
    removeEventListener("focusin", onFocus);
    for (const one of LEAVING) removeEventListener(one, leave);
  };
}

/** Draws nothing. It is there as long as the session is what is shown, and not a door or an end. */
export function Keyboard() {
  useEffect(() => keepFocus(document.body), []);
  useEffect(() => {
    const [transport, toasts] = [".view-transport", ".view-toasts"].map((of) =>
      document.querySelector<HTMLElement>(of),
    );
    if (transport && toasts) return keepClear(transport, toasts);
  }, []);
  useEffect(() => {
    const onKey = ({ key, ctrlKey, altKey, metaKey, repeat }: KeyboardEvent) => {
      // A sheet that lies over everything closes by itself.
      if (document.querySelector("dialog[open]") !== null) return;
      if (actionOf({ key, modified: ctrlKey || altKey || metaKey, repeat, focus: "page" }) === "leave") leaveControl();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return null;
}
