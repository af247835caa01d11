import { date, dateTime, iso } from "../i18n/format.ts";
import { evening } from "../i18n/takes.ts";
import type { Page } from "./page.ts";

/** A moment, in UTC as the server knows it; where the page's script runs, in the reader's own zone (site/client/local-time.ts). */
export function Moment({
  page,
  ms,
  show = "time",
}: {
  page: Pick<Page, "language">;
  ms: number;
  show?: "time" | "day" | "short";
}) {
  const text = { time: dateTime, day: date, short: evening }[show];
  return (
    <time datetime={iso(ms)} data-local={show}>
      {text(page.language, ms)}
    </time>
  );
}
