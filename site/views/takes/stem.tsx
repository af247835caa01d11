import { columnsOf, outline } from "../../../audio/peaks.ts";
import { barBeat, length, timecode } from "../../../audio/timeline.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import { href, type Page } from "../../design/page.ts";
import { decisionText } from "../../i18n/decisions.ts";
import { dateTime, iso } from "../../i18n/format.ts";
import { evening, rate, size, takeText } from "../../i18n/takes.ts";
import { timeLeft } from "../../i18n/time-left.ts";
import { endOf, startOf } from "../../takes/takes.ts";

/** A stem as the page draws it. Everything here a member may see (V1); what is `null` is not known yet. */
export interface StemView {
  recordingId: string;
  sessionId: string;
  takeId: string;
  memberId: string;
  name: string;
  who: string;
  /** A person's accent, 1 to 8; `null` for somebody who has left. */
  accent: number | null;
  isOwn: boolean;
  /** Its owner may take it back, and whoever hosts the session may take it out. */
  mayDelete: boolean;
  format: StemFormat;
  timelineFrames: number;
  preRollFrames: number;
  frames: number | null;
  sizeBytes: number | null;
  bpm: number;
  startedAtMs: number;
  state: "uploading" | "complete";
  completedAtMs: number | null;
  expiresAtMs: number | null;
  hasPeaks: boolean;
  peaks: Int8Array | null;
  /** Only of one's own, while it is on its way. */
  arrived: { parts: number; bytes: number; lastAtMs: number } | null;
}

export interface StemProps {
  page: Page;
  stem: StemView;
  span: { from: number; to: number };
  /** What bars are counted at on this page. */
  bpm: number;
  /** How finely the waveform is drawn without a script. */
  columns: number;
  mayPlay: boolean;
  isHeard: boolean;
}

/** Nothing for this long is more than a slow line. */
const STALLED_AFTER_MS = 10 * 60_000;
const percent = (share: number) => `${Math.round(share * 100_000) / 1000}%`;

/** How long the recording still is here, in words and as what is left of its length of keeping. */
function Countdown({ page, stem }: { page: Page; stem: StemView }) {
  const t = takeText[page.language];
  if (stem.expiresAtMs === null) return <p class="countdown small soft">{t.kept}</p>;
  const leftMs = Math.max(0, stem.expiresAtMs - page.nowMs);
  const left = timeLeft(page.language, leftMs);
  const keptMs = stem.expiresAtMs - (stem.completedAtMs ?? stem.startedAtMs);
  const share = Math.min(1, leftMs / keptMs);
  const urgency = leftMs < 86_400_000 ? "last" : leftMs < 3 * 86_400_000 ? "soon" : "";
  return (
    <p class={`countdown small ${urgency}`} data-ends={stem.expiresAtMs} data-kept={keptMs}>
      <svg width="48" height="8" aria-hidden="true">
        <rect class="whole" width="100%" height="100%" rx="2" />
        <rect class="left" width={percent(share)} height="100%" rx="2" />
      </svg>
      <time
        datetime={iso(stem.expiresAtMs)}
        title={`${t.ends} ${dateTime(page.language, stem.expiresAtMs)}`}
        data-ends-at={t.ends}
      >
        {t.endsIn(left)}
      </time>
    </p>
  );
}

/** How far an upload has come. Its whole size is known only when the take has ended and the last part is in. */
function Arriving({ page, stem }: { page: Page; stem: StemView }) {
  const t = takeText[page.language];
  const { arrived, expiresAtMs } = stem;
  if (arrived === null) return null;
  const quietMs = page.nowMs - arrived.lastAtMs;
  const bytes = size(page.language, arrived.bytes);
  const isStalled = quietMs > STALLED_AFTER_MS;
  return (
    <div class={`arriving small ${isStalled ? "stalled" : ""}`}>
      <p>
        <span class="arrow" aria-hidden="true">
          {isStalled ? "■" : "▲"}
        </span>{" "}
        {isStalled ? t.stalled(bytes, timeLeft(page.language, quietMs)) : t.uploading(arrived.parts, bytes)}
      </p>
      <p class="soft">
        {t.onlyYou}
        {isStalled && expiresAtMs !== null
          ? ` ${t.givenUp(timeLeft(page.language, Math.max(0, expiresAtMs - page.nowMs)))}`
          : ""}
      </p>
    </div>
  );
}

/** The stem on the session's line: where it begins, how long it is, what it looks like. */
function Lane({ page, stem, span, bpm, columns }: StemProps) {
  const t = takeText[page.language];
  const wide = span.to - span.from;
  const start = startOf(stem);
  const end = stem.frames === null ? start + wide * 0.02 : endOf(stem);
  const x = percent((start - span.from) / wide);
  const width = Math.max(0.002, (end - start) / wide);
  const from = t.at(barBeat(start, bpm), timecode(start));
  const long = stem.frames === null ? "…" : length(end - start);
  const drawn = Math.max(8, Math.round(columns * width));
  // What was played before record was pressed is in the file and not in the take.
  const skipped = (start - stem.timelineFrames) / (end - stem.timelineFrames);
  return (
    <svg class="lane" role="img" aria-label={t.wave(stem.name, stem.who, from, long)}>
      <svg
        x={x}
        width={percent(width)}
        height="100%"
        viewBox={`0 0 ${drawn} 256`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect class="bed" width="100%" height="100%" />
        {stem.peaks === null ? (
          <path d={`M0 127h${drawn}v2H0z`} />
        ) : (
          <path d={outline(columnsOf(stem.peaks, stem.format.channels, drawn, skipped))} />
        )}
      </svg>
    </svg>
  );
}

export function Stem(props: StemProps) {
  const { page, stem, bpm, mayPlay, isHeard } = props;
  const t = takeText[page.language];
  const { format, frames, sizeBytes } = stem;
  const file = `/api/v1/recordings/${stem.recordingId}/file`;
  const isPlayable = mayPlay && stem.state === "complete" && frames !== null;
  const facts = [
    rate(page.language, format.sampleRateHz),
    format.encoding === "float32" ? t.float : t.pcm,
    format.channels === 1 ? t.mono : format.channels === 2 ? t.stereo : t.channels(format.channels),
    ...(frames === null ? [] : [length(endOf(stem) - startOf(stem))]),
    ...(sizeBytes === null ? [] : [size(page.language, sizeBytes)]),
    ...(stem.preRollFrames === 0 ? [] : [t.preRoll(Math.round(stem.preRollFrames / TIMELINE_RATE_HZ))]),
  ];
  const played = {
    id: stem.recordingId,
    name: `${stem.name}, ${stem.who}`,
    format,
    from: stem.timelineFrames,
    preRollFrames: stem.preRollFrames,
    frames,
    startedAtMs: stem.startedAtMs,
    hasPeaks: stem.hasPeaks,
    isHeard,
  };
  return (
    <li
      class={`stem ${stem.accent === null ? "nobody" : `person-${stem.accent}`}`}
      id={stem.recordingId}
      data-stem={isPlayable ? JSON.stringify(played) : undefined}
    >
      <div class="stem-info">
        <div class={`person ${stem.isOwn ? "here" : "there"}`}>
          <span class="name">{stem.name}</span>
          <span class="small soft">{stem.who}</span>
        </div>
        {isPlayable ? <div class="strip" data-strip hidden /> : null}
        <p class="facts-line small soft">
          <span class="instrument">{t.at(barBeat(startOf(stem), bpm), timecode(startOf(stem)))}</span>
          <br />
          {facts.join(" · ")}
        </p>
      </div>
      <div class="stem-line">
        <div class="lane-box">
          <Lane {...props} />
        </div>
        <div class="stem-foot">
          {stem.state === "uploading" ? <Arriving page={page} stem={stem} /> : <Countdown page={page} stem={stem} />}
          <p class="trouble small" data-trouble role="alert" hidden />
          <div class="links small">
            {isPlayable ? (
              <>
                <a href={file} download="" aria-label={t.downloadOf(stem.name)}>
                  {t.download}
                </a>
                <noscript>
                  {/* biome-ignore lint/a11y/useMediaCaption: a stem is music, and has nothing to caption. */}
                  <audio controls preload="none" src={file} aria-label={t.listen(stem.name)} />
                </noscript>
              </>
            ) : null}
            {stem.isOwn ? null : (
              <a
                href={href(page, `/sessions/${stem.sessionId}/recordings/${stem.recordingId}/report`)}
                aria-label={decisionText[page.language].reportTakeOf(stem.name)}
              >
                {decisionText[page.language].reportTake}
              </a>
            )}
            {stem.mayDelete ? (
              <a
                href={href(page, `/sessions/${stem.sessionId}/recordings/${stem.recordingId}/delete`)}
                aria-label={t.deleteOf(stem.name)}
              >
                {t.delete}
              </a>
            ) : null}
          </div>
        </div>
      </div>
    </li>
  );
}

export const takeTitle = (page: Page, startedAtMs: number) => evening(page.language, startedAtMs);
