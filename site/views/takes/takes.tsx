import { barBeat, barTicks } from "../../../audio/timeline.ts";
import { hrefs } from "../../built/assets.ts";
import { href, type Page } from "../../design/page.ts";
import { creditText } from "../../i18n/credits.ts";
import { decimal, iso } from "../../i18n/format.ts";
import { playerText, takeText } from "../../i18n/takes.ts";
import { heardAtFirst, spanOf, type Take, takesOf } from "../../takes/takes.ts";
import { PlayerBar } from "./player.tsx";
import { Stem, type StemView, takeTitle } from "./stem.tsx";

export interface TakesProps {
  page: Page;
  sessionId: string;
  stems: readonly StemView[];
  /** Observers see what there is and can have none of it as sound (protocol/roles.ts). */
  mayPlay: boolean;
  nextCursor: string | null;
  isFirstPage: boolean;
}

/** Points of all waveforms of a page together, where no script draws them finer: what the page's weight allows. */
const COLUMNS_PER_PAGE = 3_600;
const COLUMNS_MAX = 400;
const TICKS_MAX = 10;
/** How wide the ruler is nobody knows here: a label so near its end would be cut on a phone, and say another number. */
const LABEL_MAX_SHARE = 0.92;

const percent = (share: number) => `${Math.round(share * 100_000) / 1000}%`;

function Ruler({ page, span, bpm }: { page: Page; span: { from: number; to: number }; bpm: number }) {
  const t = playerText[page.language];
  const place = (frames: number) => percent((frames - span.from) / (span.to - span.from));
  return (
    <div class="line-head">
      <p class="small soft instrument">
        {t.bar} · {decimal(page.language, bpm, 1)} BPM
      </p>
      <div class="ruler-box" data-ruler>
        <svg class="bars" aria-hidden="true">
          {barTicks(span.from, span.to, bpm, TICKS_MAX).map(({ frames, bar }) => (
            <>
              <line x1={place(frames)} x2={place(frames)} y1="60%" y2="100%" />
              {(frames - span.from) / (span.to - span.from) > LABEL_MAX_SHARE ? null : (
                <text x={place(frames)} y="14">
                  {bar}
                </text>
              )}
            </>
          ))}
        </svg>
      </div>
    </div>
  );
}

function TakeRows({
  page,
  sessionId,
  take,
  heard,
  bpm,
  ...lane
}: Pick<TakesProps, "page" | "sessionId" | "mayPlay"> & {
  take: Take<StemView>;
  heard: ReadonlySet<StemView>;
  bpm: number;
  span: { from: number; to: number };
  columns: number;
}) {
  const t = takeText[page.language];
  // Bars are the ruler's on the whole page; a take in another tempo says its own.
  const own = take.stems[0]?.bpm ?? bpm;
  const zip = `/api/v1/sessions/${sessionId}/recordings.zip?take=${take.takeId}`;
  const isComplete = take.stems.some(({ state }) => state === "complete");
  return (
    <section class="take" data-take={take.takeId} aria-labelledby={`take-${take.takeId}`}>
      <header class="take-head">
        <div>
          <h3 id={`take-${take.takeId}`}>
            <span class="hidden">{t.take} </span>
            <time datetime={iso(take.startedAtMs)} data-local="short">
              {takeTitle(page, take.startedAtMs)}
            </time>
          </h3>
          <p class="small soft instrument">
            {t.bars(barBeat(take.from, bpm), barBeat(take.to, bpm))}
            {own === bpm ? null : ` · ${t.recordedAt(decimal(page.language, own, 1))}`}
          </p>
        </div>
        {lane.mayPlay && isComplete ? (
          <p class="links small">
            <button class="link" type="button" data-only={take.takeId} aria-pressed="false" hidden>
              {playerText[page.language].only}
            </button>
            <a href={zip} download="">
              {t.downloadTake}
            </a>
            <a href={`${zip}&begin=one-bar`} download="" title={t.fromOneBarWhy}>
              {t.fromOneBar}
            </a>
          </p>
        ) : null}
      </header>
      <ul class="stems">
        {take.stems.map((stem) => (
          <Stem page={page} stem={stem} bpm={bpm} isHeard={heard.has(stem)} {...lane} />
        ))}
      </ul>
    </section>
  );
}

/** Every take of a session on the one line of time that they share, and the player that goes along it. */
export function Takes({ page, sessionId, stems, mayPlay, nextCursor, isFirstPage }: TakesProps) {
  const t = takeText[page.language];
  if (stems.length === 0 && isFirstPage) {
    return (
      <section
        class="stack empty-takes"
        id="takes"
        data-now={page.nowMs}
        data-session={sessionId}
        data-latest=""
        data-changed={t.changed}
      >
        <p role="status" data-changes />
        <h2>{t.emptyTitle}</h2>
        <p class="lead">{t.empty}</p>
        <a class="button quiet" href={href(page, "/help")}>
          {t.emptyNext}
        </a>
      </section>
    );
  }
  const takes = takesOf(stems);
  const span = spanOf(takes);
  const complete = stems.filter(({ state }) => state === "complete");
  const heard = heardAtFirst(complete);
  const columns = Math.min(COLUMNS_MAX, Math.floor(COLUMNS_PER_PAGE / Math.max(1, stems.length)));
  const tempos = new Set(stems.map(({ bpm }) => bpm));
  const bpm = takes[0]?.stems[0]?.bpm ?? 120;
  const built: Record<string, string> = hrefs;
  const here = `/sessions/${sessionId}`;
  return (
    <section
      class="takes"
      id="takes"
      aria-labelledby="takes-title"
      data-language={page.language}
      data-from={span.from}
      data-to={span.to}
      data-bpm={bpm}
      data-worklet={built["mixer.worklet.js"]}
      data-words={mayPlay ? JSON.stringify(playerText[page.language]) : undefined}
      data-ended={t.ended}
      data-ends-in={t.endsIn("{left}")}
      data-now={page.nowMs}
      data-session={sessionId}
      data-latest={isFirstPage ? stems.slice(0, 1).map((stem) => `${stem.recordingId} ${stem.state}`)[0] : undefined}
      data-changed={t.changed}
    >
      <p class="changes" role="status" data-changes />
      <header class="takes-head">
        <h2 id="takes-title">{t.title}</h2>
        <p class="small soft">
          <span data-zone>{t.zoneNote}</span>
          {tempos.size > 1 ? ` ${t.mixedTempo} ${decimal(page.language, bpm, 1)} BPM.` : ""}
        </p>
        {mayPlay && complete.length > 0 ? (
          <a class="button quiet small" href={`/api/v1/sessions/${sessionId}/recordings.zip`} download="">
            {t.downloadAll}
          </a>
        ) : null}
        <a class="link small" href={href(page, `${here}/credits`)}>
          {creditText[page.language].title}
        </a>
      </header>
      {mayPlay ? null : <p class="said">{t.observer}</p>}
      <div class="line-of-time" data-line>
        {/* First for whoever comes by keyboard, though it lies at the foot of the screen. */}
        {mayPlay && complete.length > 0 ? <PlayerBar page={page} /> : null}
        <Ruler page={page} span={span} bpm={bpm} />
        {takes.map((take) => (
          <TakeRows
            page={page}
            sessionId={sessionId}
            take={take}
            heard={heard}
            bpm={bpm}
            span={span}
            columns={columns}
            mayPlay={mayPlay}
          />
        ))}
      </div>
      {nextCursor === null && isFirstPage ? null : (
        <nav class="actions" aria-label={t.older}>
          {nextCursor === null ? null : (
            <a
              class="button quiet"
              rel="next"
              href={href(page, `${here}?takes=${encodeURIComponent(nextCursor)}#takes`)}
            >
              {t.older}
            </a>
          )}
          {isFirstPage ? null : (
            <a class="button quiet" href={href(page, `${here}#takes`)}>
              {t.newest}
            </a>
          )}
        </nav>
      )}
    </section>
  );
}
