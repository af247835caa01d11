/** Takes as a list: what everybody calls them, which are worth keeping, and what was said about a moment of one. */
// Never without it, and so with nothing of it in a script of its own.
import "./beside.dom.tsx";
import { useMemo, useState } from "preact/hooks";
import type { Bars } from "../../audio/bars.ts";
import { length } from "../../audio/timeline.ts";
import { NOTE_TEXT_MAX_CHARS, TAKE_NAME_MAX_CHARS } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import type { FrameRange } from "../../protocol/timeline.ts";
import { type LaneStem, type Roll, rollsOf, type Shown } from "./lanes.std.ts";
import { later } from "./later.dom.tsx";
import { OwnActions } from "./own-stem.dom.tsx";
import { accentClass, barsOf, nameOf, type ViewProps } from "./parts.dom.tsx";
import type { KeptCopiesProps } from "./safety.dom.tsx";
import { de } from "./words/take.de.std.ts";
import { en, type TakeWords } from "./words/take.en.std.ts";

const KeptCopies = later<KeptCopiesProps>(() => import("./safety.dom.tsx").then((parts) => parts.KeptCopies));

/** They come with the parts that say them, and are in no page's first script. */
const takeWords = (): TakeWords => (document.documentElement.lang === "de" ? de : en);

/** Takes that are drawn at first, the newest; older ones on demand. */
const DRAWN_TAKES = 30;

/** The inside of the list. */
export function Takes(props: ViewProps & { stems: readonly LaneStem[] }) {
  const { session, state, words, stems } = props;
  const t = takeWords();
  const [onlyStarred, setOnlyStarred] = useState(false);
  const [drawn, setDrawn] = useState(DRAWN_TAKES);
  const { takeMarks, notes, role, accents, timeline } = state;
  const names = state.members.map(({ displayName }) => displayName).join("\n");
  // What the room tells many times a second is nothing of this: the same list is not drawn again.
  const list = useMemo(() => {
    const rolls = rollsOf(stems).filter(({ takeId }) => !onlyStarred || takeMarks[takeId]?.starred === true);
    return (
      <>
        {rolls.slice(0, drawn).map((roll) => (
          <Take key={roll.takeId} {...props} {...roll} />
        ))}
        {rolls.length > drawn ? (
          <button type="button" class="tool" onClick={() => setDrawn(drawn + DRAWN_TAKES)}>
            {t.older(rolls.length - drawn)}
          </button>
        ) : null}
      </>
    );
  }, [drawn, onlyStarred, stems, takeMarks, notes, role, accents, timeline.map, names, words]);
  const hasStars = Object.values(takeMarks).some(({ starred }) => starred);
  return (
    <>
      <Hearing session={session} />
      {hasStars || onlyStarred ? (
        <label class="view-only">
          <input
            type="checkbox"
            checked={onlyStarred}
            onChange={(event) => setOnlyStarred(event.currentTarget.checked)}
          />{" "}
          {t.onlyStarred}
        </label>
      ) : null}
      {list}
    </>
  );
}

function Take(props: ViewProps & Roll) {
  const { session, state, words, takeId, number, stems, span } = props;
  const t = takeWords();
  const bars = barsOf(state.timeline.map);
  const mark = state.takeMarks[takeId];
  const title = mark?.name || t.take(number);
  const mayWrite = state.role !== null && may(state.role, "note.write");
  const heard = session.playback.heard;
  const isHeard = stems.some(({ recordingId }) => heard.has(recordingId));
  const comments = state.notes.filter(({ about }) => about?.takeId === takeId);
  return (
    <section class="view-take" aria-label={title}>
      <header>
        <button
          type="button"
          class="tool star"
          disabled={!mayWrite}
          aria-pressed={mark?.starred === true}
          aria-label={t.star(title)}
          onClick={() => session.starTake(takeId, mark?.starred !== true)}
        >
          {mark?.starred === true ? "★" : "☆"}
        </button>
        <input
          class="take-name"
          dir="auto"
          disabled={!mayWrite}
          aria-label={t.name(t.take(number))}
          placeholder={t.take(number)}
          maxLength={TAKE_NAME_MAX_CHARS}
          key={mark?.name ?? ""}
          defaultValue={mark?.name ?? ""}
          onChange={(event) => session.nameTake(takeId, event.currentTarget.value.trim())}
        />
        {session.playback.canPlay ? (
          <button
            type="button"
            class="tool"
            aria-pressed={isHeard}
            aria-label={t.hear(title)}
            title={t.hear(title)}
            onClick={() => void session.playback.hear(isHeard ? [] : stems.filter(canBeHeard))}
          >
            {t.hearShort}
          </button>
        ) : null}
        <button
          type="button"
          class="tool"
          disabled={state.role === null || !may(state.role, "transport.command")}
          aria-label={t.loop(title)}
          title={t.loop(title)}
          onClick={() => session.command({ command: "loop", range: barsAround(bars, span) })}
        >
          {t.loopShort}
        </button>
        <span class="instrument soft">{t.bars(bars.label(span.from), bars.label(span.to))}</span>
      </header>
      <ul>
        {stems.map((stem) => (
          <li key={stem.recordingId} class={`who-is ${accentClass(state, stem.memberId)}`}>
            <span class="name">{stem.name}</span>
            <span class="soft">{nameOf(state, stem.memberId, words)}</span>
            <span class="instrument">
              {words.takes.begins} {bars.label(stem.span.from)}
            </span>
            <span class="instrument">
              {stem.span.to > stem.span.from ? length(stem.span.to - stem.span.from) : words.takes.uploading}
            </span>
            {stem.format.channels > 2 ? <span class="instrument">{t.channels(stem.format.channels)}</span> : null}
            {session.playback.canPlay && canBeHeard(stem) ? (
              <button
                type="button"
                class="tool"
                aria-pressed={heard.has(stem.recordingId)}
                aria-label={t.hearStem(`${stem.name}, ${nameOf(state, stem.memberId, words)}`)}
                onClick={() => void session.playback.hear(toggled(stems, heard, stem))}
              >
                {t.hearShort}
              </button>
            ) : null}
            {stem.state === "shared" && state.role !== null && may(state.role, "recording.download") ? (
              <a
                class="tool"
                href={`/api/v1/recordings/${stem.recordingId}/file`}
                download={`${stem.name}.wav`}
                aria-label={t.download(stem.name, sizeOf(stem))}
              >
                {t.downloadShort(sizeOf(stem))}
              </a>
            ) : null}
            <KeptCopies {...props} stem={stem} />
            <OwnActions {...props} recordingId={stem.recordingId} />
          </li>
        ))}
      </ul>
      {comments.length === 0 ? null : (
        <ul class="view-comments" aria-label={t.comments(title)}>
          {comments.map(({ noteId, from: who, text, about }) => (
            <li key={noteId} class={`who-is ${accentClass(state, who)}`}>
              <button
                type="button"
                class="link instrument"
                disabled={state.role === null || !may(state.role, "transport.command")}
                title={t.goTo(bars.label(about?.positionFrames ?? 0))}
                onClick={() => session.command({ command: "locate", positionFrames: about?.positionFrames ?? 0 })}
              >
                {t.at(bars.label(about?.positionFrames ?? 0))}
              </button>
              <span class="soft">{nameOf(state, who, words)}</span>
              <span class="spoken" dir="auto">
                {text}
              </span>
              {mayWrite ? (
                <button type="button" class="tool" aria-label={t.remove} onClick={() => session.note(noteId, "")}>
                  ×
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {mayWrite ? <CommentForm session={session} state={state} takeId={takeId} /> : null}
    </section>
  );
}

/** The moment is the one at which the person begins to write: the playhead may roll on meanwhile. */
function CommentForm({ session, state, takeId }: Pick<ViewProps, "session" | "state"> & { takeId: string }) {
  const t = takeWords();
  const [text, setText] = useState("");
  const [atFrames, setAtFrames] = useState<number | null>(null);
  const [hereFrames, setHere] = useState(() => session.positionFrames());
  const bar = barsOf(state.timeline.map).label(atFrames ?? hereFrames);
  return (
    <form
      class="view-comment"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim();
        if (wanted === "" || !session.comment(takeId, atFrames ?? session.positionFrames(), wanted)) return;
        setText("");
        setAtFrames(null);
      }}
    >
      <input
        aria-label={t.comment(bar)}
        placeholder={t.comment(bar)}
        maxLength={NOTE_TEXT_MAX_CHARS}
        value={text}
        onFocus={() => setHere(session.positionFrames())}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAtFrames(event.currentTarget.value === "" ? null : (atFrames ?? Math.round(session.positionFrames())));
        }}
      />
      {text.trim() === "" ? null : (
        <button type="submit" class="button small">
          {t.send}
        </button>
      )}
    </form>
  );
}

/** What of a take can be heard: a stem that has come whole, or lies in this browser. */
const canBeHeard = ({ state, frames }: LaneStem): boolean => state !== "arriving" && frames > 0;

/** The stems of a take that are heard after one of them was pressed. */
function toggled(stems: readonly LaneStem[], heard: ReadonlySet<string>, pressed: LaneStem): LaneStem[] {
  return stems.filter(
    (stem) =>
      canBeHeard(stem) &&
      (stem.recordingId === pressed.recordingId ? !heard.has(stem.recordingId) : heard.has(stem.recordingId)),
  );
}

/** The whole bars in which a take lies. */
function barsAround(bars: Bars, { from, to }: Shown): FrameRange {
  const first = bars.placeAt(from).bar;
  const last = bars.placeAt(to).bar;
  return {
    startFrames: Math.round(bars.framesOfBar(first)),
    endFrames: Math.round(bars.framesOfBar(last + 1)),
  };
}

const sizeOf = ({ sizeBytes }: LaneStem): string => `${((sizeBytes ?? 0) / 1e6).toFixed(1)} MB`;

/** What is heard of the takes, how loud, and the way back to the one that was heard before: A and B under one key. */
function Hearing({ session }: Pick<ViewProps, "session">) {
  const t = takeWords();
  const { playback } = session;
  if (playback.heard.size === 0 && playback.before.value.length === 0) return null;
  return (
    <p class="view-hearing">
      <button
        type="button"
        class="tool"
        disabled={playback.before.value.length === 0}
        aria-label={t.swap}
        aria-keyshortcuts="X"
        title={`${t.swap} (X)`}
        onClick={() => void playback.swap()}
      >
        {t.swapShort}
      </button>
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        aria-label={t.volume}
        title={t.volume}
        value={playback.volume.value}
        onInput={(event) => void playback.setVolume(event.currentTarget.valueAsNumber)}
      />
    </p>
  );
}
