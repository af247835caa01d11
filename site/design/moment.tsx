import { date, dateTime } from "../i18n/format.ts";
import type { Page } from "./page.ts";

/** A moment, in UTC as the server knows it; where the page's script runs, in the reader's own zone (site/client/local-time.ts). */
export function Moment({ page, ms, show = "time" }: { page: Page; ms: number; show?: "time" | "day" }) {
  return (
    <time datetime={new Date(ms).toISOString()} data-local={show}>
      {show === "day" ? date(page.language, ms) : dateTime(page.language, ms)}
    </time>
  );
}
