/** Safety copies: whether the others may keep one's takes, whether one keeps theirs, and what of one's own they have and can give back. */
import { computed, effect, type Signal, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { length } from "../../audio/timeline.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import type { OwnCopy, ReturnedCopy } from "../engine/copies/copy-return.std.ts";
import type { CopiesReport } from "../engine/copies/safety-copies.std.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import type { TakesCommand } from "../engine/studio/takes-messages.std.ts";
import { Ask } from "./ask.dom.tsx";
import type { LaneStem } from "./lanes.std.ts";
import { nameOf, type ViewProps } from "./parts.dom.tsx";
import { recordWords } from "./record-words.dom.ts";
import type { BrowserSession } from "./session.dom.ts";
import { de } from "./words/safety.de.std.ts";
import { en, type SafetyWords } from "./words/safety.en.std.ts";

interface Standing {
  report: CopiesReport | null;
  /** One could not be kept, or brought back. */
  hasTrouble: boolean;
}
const standings = new WeakMap<BrowserSession, Signal<Standing>>();

/** To whoever keeps them here: the studio of the desktop app, or this browser's own worker. */
function command({ copies, takes }: BrowserSession, wanted: TakesCommand): void {
  if (copies.studio === null) takes.command(wanted);
  else copies.studio(wanted);
}

/** How things stand with safety copies. Whoever keeps them here is asked once, and told what is on our servers; what changes it tells. */
function standingOf(session: BrowserSession): Signal<Standing> {
  const known = standings.get(session);
  if (known !== undefined) return known;
  const standing = signal<Standing>({ report: null, hasTrouble: false });
  standings.set(session, standing);
  const hear = (event: StudioEvent) => {
    if (event.type === "safety-copies") standing.value = { ...standing.value, report: event.report };
    if (event.type === "warning" && event.code === "safety-copies")
      standing.value = { ...standing.value, hasTrouble: true };
  };
  session.takes.onEvent = hear;
  command(session, { type: "copies" });
  const recordings = computed(() => session.state.value.takes);
  effect(() => session.takes.tell({ type: "recordings", recordings: recordings.value }));
  return standing;
}

/** They come with the parts that say them, and are in no page's first script. */
const safetyWords = (): SafetyWords => (document.documentElement.lang === "de" ? de : en);

/** "Ada, Ben and Mira", as the page's language has it. */
const listOf = ({ state, words, language }: ViewProps, memberIds: readonly MemberId[]): string =>
  new Intl.ListFormat(language, { type: "conjunction" }).format(
    memberIds.map((memberId) => nameOf(state, memberId, words)),
  );

const dayOf = (language: "en" | "de", atMs: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(atMs);

const momentOf = (language: "en" | "de", atMs: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(atMs);

/** "0.4 s" */
const shortOf = (language: "en" | "de", ms: number): string =>
  `${new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(ms / 1000)} s`;

export function Safety(props: ViewProps) {
  const { session, state } = props;
  const t = safetyWords();
  const [asks, setAsks] = useState(false);
  const { report, hasTrouble } = standingOf(session).value;
  if (report === null || session.isGuest || session.isAside || state.role === null) return null;
  const { mine, others, keptBy, keeping, held, own, returned } = report;
  const choose = (change: Partial<{ mine: boolean; others: boolean }>) =>
    command(session, { type: "safety-copies", mine, others, ...change });
  const missing = own.filter(({ isHere }) => !isHere);
  return (
    <fieldset class="view-record view-safety">
      <legend>{t.label}</legend>
      {may(state.role, "record") ? (
        <>
          <label class="view-line">
            <input
              type="checkbox"
              checked={mine}
              onChange={({ currentTarget }) => choose({ mine: currentTarget.checked })}
            />
            <span>{t.mine}</span>
          </label>
          <p class="soft">{t.mineMeans}</p>
        </>
      ) : null}
      <label class="view-line">
        <input
          type="checkbox"
          checked={others}
          onChange={({ currentTarget }) => choose({ others: currentTarget.checked })}
        />
        <span>{t.others}</span>
      </label>
      <p class="soft">{t.othersMeans}</p>
      <div role="status">
        {keptBy.length === 0 ? null : <p>{t.keptBy(listOf(props, keptBy), keptBy.length)}</p>}
        {keeping.length === 0 ? null : <p>{t.keeping(listOf(props, keeping))}</p>}
        {held === 0 ? null : <p class="soft">{t.held(held)}</p>}
        {hasTrouble ? <p class="view-trouble">{t.trouble}</p> : null}
        {returned.map((copy) => (
          <Returned key={copy.startedAtMs} copy={copy} language={props.language} />
        ))}
      </div>
      {missing.length === 0 ? null : (
        <ul class="view-missing" aria-label={t.missing}>
          {missing.map((copy) => (
            <li key={copy.copyId}>
              <Missing {...props} copy={copy} />
            </li>
          ))}
        </ul>
      )}
      {own.length === 0 ? null : (
        <p class="actions">
          <button type="button" class="tool" onClick={() => setAsks(true)}>
            {t.deleteMine}
          </button>
        </p>
      )}
      {asks ? (
        <Ask
          title={t.deleteTitle}
          text={t.deleteText}
          yes={t.deleteMine}
          no={recordWords().cancel}
          isDanger
          answer={(isYes) => {
            setAsks(false);
            if (isYes) command(session, { type: "delete-copies" });
          }}
        />
      ) : null}
    </fieldset>
  );
}

/** A take that is not here and that somebody has. */
function Missing({ copy, ...props }: ViewProps & { copy: OwnCopy }) {
  const { session, language } = props;
  const t = safetyWords();
  const { copyId, from, startedAtMs, seconds, untilMs, returnedSeconds } = copy;
  const begun = momentOf(language, startedAtMs);
  const text = t.isMissing(length(seconds * TIMELINE_RATE_HZ), begun);
  return (
    <>
      <p>
        {text} {t.has(listOf(props, from), from.length, dayOf(language, untilMs))}
      </p>
      {returnedSeconds === null ? (
        <p class="actions">
          <button
            type="button"
            class="button small"
            aria-label={t.bringNamed(begun)}
            onClick={() => command(session, { type: "bring-back", copyId })}
          >
            {t.bring}
          </button>
        </p>
      ) : (
        <progress aria-label={t.comes(begun)} value={Math.min(returnedSeconds, seconds)} max={Math.max(seconds, 1)} />
      )}
    </>
  );
}

/** A take that has come back, and what of it is not as it was played. */
function Returned({ copy, language }: Pick<ViewProps, "language"> & { copy: ReturnedCopy }) {
  const t = safetyWords();
  const { startedAtMs, seconds, missingMs, foldedMs } = copy;
  const isWhole = missingMs < 1 && foldedMs < 1;
  return (
    <p class={isWhole ? "" : "view-trouble"}>
      {t.isBack(length(seconds * TIMELINE_RATE_HZ), momentOf(language, startedAtMs))}
      {missingMs < 1 ? "" : ` ${t.lacks(shortOf(language, missingMs))}`}
      {foldedMs < 1 ? "" : ` ${t.isMixedDown(shortOf(language, foldedMs))}`}
    </p>
  );
}

export interface KeptCopiesProps extends ViewProps {
  stem: LaneStem;
}

/** Who has a safety copy of a take of one's own, beside the take. */
export function KeptCopies({ stem, ...props }: KeptCopiesProps) {
  const { session, state, language } = props;
  if (stem.memberId !== state.memberId) return null;
  const fromMs = stem.startedAtMs;
  const toMs = fromMs + (stem.frames / stem.format.sampleRateHz) * 1000;
  const kept = (standingOf(session).value.report?.own ?? []).filter(
    ({ startedAtMs, seconds }) => startedAtMs < toMs && startedAtMs + seconds * 1000 > fromMs,
  );
  return (
    <>
      {kept.map(({ copyId, from, untilMs }) => (
        <span key={copyId} class="soft">
          {safetyWords().has(listOf(props, from), from.length, dayOf(language, untilMs))}
        </span>
      ))}
    </>
  );
}
