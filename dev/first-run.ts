/** From opening the site to the first sound, alone, by whoever has an account and has never been here with this browser: what their hands have to do. */
import type { Locator, Page } from "playwright-core";

/**
 * What a step takes a person, in seconds, by the keystroke-level model (Card, Moran and Newell 1980, "The keystroke-level model for user performance time
 * with interactive systems", table 1): to think of it, to point, to press and let go, to bring a hand from the mouse to the keys or back, and a key for whoever
 * types forty words a minute.
 */
const [THINK_S, POINT_S, PRESS_S, HAND_S, KEY_S] = [1.35, 1.1, 0.2, 0.4, 0.28];

export interface Hands {
  /** In the order in which they were pressed: what each is called. */
  presses: string[];
  /** Characters. */
  typed: number;
  /** By the model: what a person takes, beside what machines do. */
  seconds: number;
}

/** Brings a page of nobody's, in English, to the sound of one's own instrument as from 25 ms away. The browser's context has the site as its base. */
export async function reachFirstSound(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<Hands> {
  const hands: Hands = { presses: [], typed: 0, seconds: 0 };
  const press = async (what: Locator) => {
    hands.presses.push((await what.first().textContent())?.trim() ?? "");
    hands.seconds += THINK_S + POINT_S + PRESS_S;
    await what.first().click();
  };
  const type = async (field: Locator, text: string) => {
    await press(field);
    hands.typed += text.length;
    hands.seconds += 2 * HAND_S + text.length * KEY_S;
    await field.fill(text);
  };
  await page.goto("/");
  await press(page.getByRole("link", { name: "Sign in", exact: true }));
  await type(page.getByLabel("E-mail"), email);
  await type(page.getByLabel("Password", { exact: true }), password);
  await press(page.getByRole("button", { name: "Sign in", exact: true }));
  await page.waitForURL(/\/account/);
  await press(page.getByRole("link", { name: "Sessions", exact: true }));
  await type(page.getByLabel("Name", { exact: true }), "First evening");
  await press(page.getByRole("button", { name: "Begin", exact: true }));
  await press(page.getByRole("link", { name: "Join", exact: true }));
  await press(page.getByRole("button", { name: "Check my sound" }));
  await press(page.getByRole("dialog").getByText("25 ms away"));
  return hands;
}
