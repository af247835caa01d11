/** Takes as a list: what everybody calls them, which are worth keeping, and what was said about a moment of one. */
import { useState } from "preact/hooks";
import { length } from "../../audio/timeline.ts";
import { NOTE_TEXT_MAX_CHARS, TAKE_NAME_MAX_CHARS } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { may } from "../../protocol/roles.ts";
import { rollsOf, spanOf } from "./model.std.ts";
import { accentClass, barsOf, nameOf, type ViewProps } from "./parts.dom.tsx";
import { takeWords } from "./take-words.std.ts";

export function TakeList(props: ViewProps) {
  const { state, words, language } = props;
  const t = takeWords[language];
  const [onlyStarred, setOnlyStarred] = useState(false);
  const rolls = rollsOf(state.takes).filter(({ takeId }) => !onlyStarred || state.takeMarks[takeId]?.starred === true);
  const hasStars = Object.values(state.takeMarks).some(({ starred }) => starred);
  return (
    <details class="view-list">
      <summary>
        {words.takes.list} ({state.takes.length})
      </summary>
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
      {rolls.map((roll) => (
        <Take key={roll.takeId} {...props} {...roll} />
      ))}
    </details>
  );
}

interface TakeProps extends ViewProps {
  takeId: string;
  number: number;
  stems: readonly Recording[];
}

function Take({ session, state, words, language, takeId, number, stems }: TakeProps) {
  const t = takeWords[language];
  const bars = barsOf(state.timeline.map);
  const mark = state.takeMarks[takeId];
  const title = mark?.name || t.take(number);
  const mayWrite = state.role !== null && may(state.role, "note.write");
  const spans = stems.map(spanOf);
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
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
        <span class="instrument soft">{t.bars(bars.label(from), bars.label(to))}</span>
      </header>
      <ul>
        {stems.map((stem) => {
          const span = spanOf(stem);
          return (
            <li key={stem.recordingId} class={`who-is ${accentClass(state, stem.memberId)}`}>
              <span class="name">{stem.name}</span>
              <span class="soft">{nameOf(state, stem.memberId, words)}</span>
              <span class="instrument">
                {words.takes.begins} {bars.label(span.from)}
              </span>
              <span class="instrument">
                {stem.state === "complete" ? length(span.to - span.from) : words.takes.uploading}
              </span>
            </li>
          );
        })}
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
      {mayWrite ? <CommentForm session={session} state={state} language={language} takeId={takeId} /> : null}
    </section>
  );
}

/** The moment is the one at which the person begins to write: the playhead may roll on meanwhile. */
function CommentForm({ session, state, language, takeId }: Omit<ViewProps, "words"> & { takeId: string }) {
  const t = takeWords[language];
  const [text, setText] = useState("");
  const [atFrames, setAtFrames] = useState<number | null>(null);
  const bar = barsOf(state.timeline.map).label(atFrames ?? session.positionFrames());
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
