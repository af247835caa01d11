import type { Language } from "../../i18n/language.ts";
import { timeLeft } from "../../i18n/time-left.ts";

/** Keeps what is said of a recording's end true while the page is open; at the end the row says so and offers nothing more. */
export function countDown(root: HTMLElement, language: Language): void {
  // The server's clock is the one that ends recordings; this machine's only says how much of it has passed.
  const aheadMs = Date.now() - Number(root.dataset.now);
  const update = () => {
    const nowMs = Date.now() - aheadMs;
    for (const line of root.querySelectorAll<HTMLElement>("[data-ends]")) {
      const leftMs = Number(line.dataset.ends) - nowMs;
      const words = line.querySelector("time");
      if (words === null) continue;
      const said =
        leftMs <= 0
          ? (root.dataset.ended ?? "")
          : (root.dataset.endsIn ?? "").replace("{left}", timeLeft(language, leftMs));
      if (words.textContent !== said) words.textContent = said;
      const share = Math.min(1, Math.max(0, leftMs / Number(line.dataset.kept)));
      line.querySelector(".left")?.setAttribute("width", `${share * 100}%`);
      const row = line.closest(".stem");
      if (leftMs <= 0 && row !== null && !row.classList.contains("over")) {
        row.classList.add("over");
        row.querySelector(".links")?.remove();
      }
    }
  };
  setInterval(update, 30_000);
}
