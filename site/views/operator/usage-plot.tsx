import type { Page } from "../../design/page.ts";
import { number } from "../../i18n/format.ts";
import { operatorText } from "../../i18n/operator.ts";

/** How many requests of a day were answered, refused, and failed; one of each day, the oldest first. */
export interface UsageDay {
  ok: number;
  refused: number;
  failed: number;
}

const HEIGHT = 60;
const WIDTH = 10;
const GAP = 2;

/** The days side by side: a bar for how much there was, and before it, on a scale of its own that ends at a hundredth, what of it failed. */
export function UsagePlot({ page, days }: { page: Page; days: readonly UsageDay[] }) {
  const all = days.map(({ ok, refused, failed }) => ok + refused + failed);
  const most = Math.max(1, ...all);
  const sum = (of: readonly number[]) => of.reduce((total, count) => total + count, 0);
  const failed = sum(days.map((day) => day.failed));
  const label = operatorText[page.language].usagePlot(number(page.language, sum(all)), number(page.language, failed));
  const bar = (at: number, share: number, opacity: string) => {
    const height = Math.round(HEIGHT * Math.min(1, share) * 10) / 10;
    return height === 0 ? null : (
      <rect
        x={String(at * WIDTH)}
        y={String(HEIGHT - height)}
        width={String(WIDTH - GAP)}
        height={String(height)}
        fill="currentColor"
        opacity={opacity}
      />
    );
  };
  return (
    <figure>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${days.length * WIDTH} ${HEIGHT}`}
        width="100%"
        height={String(HEIGHT)}
        preserveAspectRatio="none"
      >
        {days.map((_, at) => bar(at, (all[at] ?? 0) / most, "0.3"))}
        {days.map((day, at) => bar(at, (100 * day.failed) / Math.max(1, all[at] ?? 0), "1"))}
      </svg>
      <figcaption class="small soft">{label}</figcaption>
    </figure>
  );
}
