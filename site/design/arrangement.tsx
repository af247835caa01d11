import { waveform } from "./waveform.ts";

export interface Clip {
  label: string;
  /** Beginning and end as shares of the width. */
  from: number;
  to: number;
  track: number;
  /** A person's accent, 1 to 8. */
  person: number;
  /** Drawn as an outline: it has not been played yet. */
  isAhead?: boolean;
}

const HEAD_PX = 20;
const TRACK_PX = 84;
const CLIP_PX = 72;
const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`;

/** Clips on tracks under one playhead, as an arrangement is drawn in a DAW. A picture of where somebody stands, not a control. */
export function Arrangement({ label, clips, now }: { label: string; clips: readonly Clip[]; now: number }) {
  const tracks = Math.max(...clips.map(({ track }) => track)) + 1;
  const heightPx = HEAD_PX + tracks * TRACK_PX;
  return (
    <svg class="arrangement" role="img" aria-label={label} height={heightPx}>
      {Array.from({ length: 13 }, (_, tick) => (
        <line x1={percent(tick / 12)} x2={percent(tick / 12)} y1={tick % 4 === 0 ? 0 : HEAD_PX - 8} y2={HEAD_PX} />
      ))}
      <line x1="0" x2="100%" y1={HEAD_PX} y2={HEAD_PX} />
      {clips.map((clip, index) => {
        const y = HEAD_PX + clip.track * TRACK_PX + 8;
        return (
          <svg
            class={`clip person-${clip.person}${clip.isAhead ? " ahead" : ""}${clip.to > 0.95 ? " last" : ""}`}
            x={percent(clip.from)}
            y={y}
            width={percent(clip.to - clip.from)}
            height={CLIP_PX}
            aria-hidden="true"
          >
            <rect width="100%" height="100%" rx="4" />
            <svg
              y="26"
              width="100%"
              height={CLIP_PX - 30}
              viewBox="0 0 160 100"
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <path d={waveform(160, 20 + 20 * (index % 3), 6 + 8 * (index % 3), 7 + 97 * index)} />
            </svg>
            <text x="10" y="19">
              {clip.label}
            </text>
          </svg>
        );
      })}
      <line class="now" x1={percent(now)} x2={percent(now)} y1="0" y2={heightPx} />
    </svg>
  );
}
