interface Mark {
  atMs: number;
  label: string;
  value: string;
  isOurs?: boolean;
}

const END_MS = 60;
/** One way: the product's own advice (protocol and companion say the same numbers). */
const TOGETHER_MS = 25;
const CARE_MS = 40;
const BAR_Y_PX = 30;
const HEIGHT_PX = 116;
const percent = (ms: number) => `${Math.round((ms / END_MS) * 10_000) / 100}%`;

/** Delay from nothing to too much, on one line, with what is on it. */
export function DelayLine({
  label,
  zones,
  marks,
}: {
  label: string;
  zones: readonly string[];
  marks: readonly Mark[];
}) {
  const spans = [
    { from: 0, to: TOGETHER_MS, kind: "together" },
    { from: TOGETHER_MS, to: CARE_MS, kind: "care" },
    { from: CARE_MS, to: END_MS, kind: "overdub" },
  ];
  return (
    <svg class="delay" role="img" aria-label={label} height={HEIGHT_PX}>
      {spans.map(({ from, to, kind }, index) => (
        <>
          {/* The last zone's name ends with the line: on a phone it would touch the one before. */}
          <text
            x={percent(to === END_MS ? to : from)}
            y={BAR_Y_PX - 12}
            text-anchor={to === END_MS ? "end" : undefined}
          >
            {zones[index]}
          </text>
          <rect
            class={`zone-${kind}`}
            x={percent(from)}
            y={BAR_Y_PX}
            width={percent(to - from - 0.3)}
            height="10"
            rx="2"
          />
        </>
      ))}
      {[0, TOGETHER_MS, CARE_MS, END_MS].map((ms) => (
        <text x={percent(ms)} y={BAR_Y_PX + 28} text-anchor={ms === 0 ? "start" : ms === END_MS ? "end" : "middle"}>
          {ms === END_MS ? `${ms} ms` : ms}
        </text>
      ))}
      {marks.map((mark, index) => {
        // The first says its name to the left of its line, the last to the right, so that two close ones stay apart.
        const isFirst = index === 0;
        const x = isFirst ? -10 : 10;
        const anchor = isFirst ? "end" : "start";
        return (
          <>
            <line
              class={mark.isOurs ? "now" : undefined}
              x1={percent(mark.atMs)}
              x2={percent(mark.atMs)}
              y1={BAR_Y_PX - 5}
              y2={HEIGHT_PX - 4}
            />
            <svg x={percent(mark.atMs)} y={HEIGHT_PX - 40} overflow="visible" aria-hidden="true">
              <text class="value" x={x} y="13" text-anchor={anchor}>
                {mark.value}
              </text>
              <text x={x} y="33" text-anchor={anchor}>
                {mark.label}
              </text>
            </svg>
          </>
        );
      })}
    </svg>
  );
}
