/** A moment on the line. `now` is a playhead; `here` is filled, `there` is hollow. */
export interface TimelineMark {
  at: number;
  label: string;
  kind: "now" | "here" | "there";
}
export interface TimelineSpan {
  from: number;
  to: number;
  label: string;
  /** A person's accent, 1 to 8; without one the span is a length of keeping. */
  person?: number;
}
export interface TimelineProps {
  /** What the drawing says, for those who listen. */
  label: string;
  from: number;
  to: number;
  spans?: readonly TimelineSpan[];
  marks?: readonly TimelineMark[];
  ticks?: readonly { at: number; label: string }[];
  /** Places a moment between 0 and 1; linear unless told. */
  scale?: (at: number) => number;
}

const ROW_PX = 40;
const HEAD_PX = 28;
/** The height of a line of labels over the axis, and how near on a phone two of them would be written over each other, in percent. The last one lies wholly before its place. */
const LABELS_PX = 18;
const NEAR_PERCENT = 24;
const NEAR_LAST_PERCENT = 40;
const LAST_PERCENT = 85;

/** The one line of time that the product is drawn on. Lengths are shares of the width, so it is crisp and legible at any size. */
export function Timeline({ label, from, to, spans = [], marks = [], ticks = [], scale }: TimelineProps) {
  const place = scale ?? ((at: number) => (at - from) / (to - from));
  const percent = (at: number) => Math.round(Math.min(1, Math.max(0, place(at))) * 10_000) / 100;
  // A label that would touch the one before it stands a line higher.
  let last = Number.NEGATIVE_INFINITY;
  const lifted = new Set<number>();
  for (const { at } of ticks.toSorted((one, other) => one.at - other.at))
    if (percent(at) - last < (percent(at) > LAST_PERCENT ? NEAR_LAST_PERCENT : NEAR_PERCENT)) lifted.add(at);
    else last = percent(at);
  const headPx = HEAD_PX + (lifted.size > 0 ? LABELS_PX : 0);
  const heightPx = headPx + spans.length * ROW_PX + 12;
  const anchor = (at: number) => (percent(at) > LAST_PERCENT ? "end" : percent(at) < 10 ? "start" : "middle");
  return (
    <svg class="timeline" role="img" aria-label={label} height={heightPx}>
      <line x1="0" x2="100%" y1={headPx} y2={headPx} />
      {ticks.map((tick) => (
        <>
          <line x1={`${percent(tick.at)}%`} x2={`${percent(tick.at)}%`} y1={headPx - 6} y2={heightPx} />
          <text
            x={`${percent(tick.at)}%`}
            y={headPx - 12 - (lifted.has(tick.at) ? LABELS_PX : 0)}
            text-anchor={anchor(tick.at)}
          >
            {tick.label}
          </text>
        </>
      ))}
      {spans.map((span, row) => (
        <>
          <text class="of" x="0" y={headPx + row * ROW_PX + 20}>
            {span.label}
          </text>
          <rect
            class={span.person === undefined ? "kept" : `person-${span.person}`}
            x={`${percent(span.from)}%`}
            y={headPx + row * ROW_PX + 27}
            width={`${Math.max(0.5, percent(span.to) - percent(span.from))}%`}
            height="8"
            rx="2"
          />
        </>
      ))}
      {marks.map((mark) =>
        mark.kind === "now" ? (
          <line class="now" x1={`${percent(mark.at)}%`} x2={`${percent(mark.at)}%`} y1="4" y2={heightPx}>
            <title>{mark.label}</title>
          </line>
        ) : (
          <circle class={mark.kind} cx={`${percent(mark.at)}%`} cy={headPx} r="6">
            <title>{mark.label}</title>
          </circle>
        ),
      )}
    </svg>
  );
}
