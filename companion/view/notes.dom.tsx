/** The session's notes: one sheet that everybody who plays may write in, part of it at places on the timeline. What is deleted can be taken back. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { NOTE_TEXT_MAX_CHARS } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import type { Note } from "./model.std.ts";
import { type Draft, draftOf, newDraft, sheetOf, theirsOf } from "./notes.std.ts";
import { accentClass, barsOf, nameOf, type ViewProps } from "./parts.dom.tsx";

export interface NotesProps extends ViewProps {
  draft: Draft | null;
  setDraft(draft: Draft | null): void;
}

export function Notes(props: NotesProps) {
  const { session, state, words, draft, setDraft } = props;
  const t = words.notes;
  const [removed, setRemoved] = useState<Note | null>(null);
  /** What was sent last: the room may refuse it, and then it is written again. */
  const sent = useRef<{ eventId: string; draft: Draft } | null>(null);
  const refused = session.refused.value;
  useEffect(() => {
    if (refused === null || refused.eventId !== sent.current?.eventId) return;
    setDraft(sent.current.draft);
    sent.current = null;
  }, [refused]);
  const mayWrite = state.role !== null && may(state.role, "note.write");
  const mayLocate = state.role !== null && may(state.role, "transport.command");
  const bars = barsOf(state.timeline.map);
  const notes = sheetOf(state.notes);
  const save = (written: Draft) => {
    const text = written.text.trim();
    if (text === "") return setDraft(null);
    const { noteId, positionFrames, after } = written;
    const about = positionFrames === null ? {} : { about: { positionFrames } };
    const eventId = session.note(noteId, text, { ...about, ...(after === null ? {} : { after }) });
    if (eventId === null) return;
    sent.current = { eventId, draft: written };
    setDraft(null);
  };
  const editor = (id: string) => (draft?.noteId === id ? <Editor {...props} draft={draft} save={save} /> : null);
  const isNew = draft !== null && !notes.some(({ noteId }) => noteId === draft.noteId);
  return (
    <section class="view-notes" aria-label={t.label}>
      <h2>{t.label}</h2>
      {mayWrite ? (
        <button
          type="button"
          class="button quiet small"
          aria-keyshortcuts="N"
          onClick={() => setDraft(newDraft(crypto.randomUUID()))}
        >
          {t.add}
        </button>
      ) : (
        <p class="soft">{t.readOnly}</p>
      )}
      {isNew && draft !== null ? editor(draft.noteId) : null}
      {removed === null ? null : (
        <p class="view-undo" role="status">
          {t.removed}{" "}
          <button
            type="button"
            class="link"
            onClick={() => {
              const { noteId, text, about } = removed;
              if (session.note(noteId, text, about === undefined ? {} : { about }) !== null) setRemoved(null);
            }}
          >
            {t.undo}
          </button>
        </p>
      )}
      <ul>
        {notes.map((note) => (
          <li key={note.noteId} class={`card who-is ${accentClass(state, note.from)}`}>
            {draft?.noteId === note.noteId ? (
              editor(note.noteId)
            ) : (
              <>
                {note.about === undefined ? null : (
                  <button
                    type="button"
                    class="link instrument"
                    disabled={!mayLocate}
                    title={t.goTo(bars.label(note.about.positionFrames))}
                    onClick={() =>
                      session.command({ command: "locate", positionFrames: note.about?.positionFrames ?? 0 })
                    }
                  >
                    {t.at(bars.label(note.about.positionFrames))}
                  </button>
                )}
                <p class="spoken" dir="auto">
                  {note.text}
                </p>
                <p class="soft">{nameOf(state, note.from, words)}</p>
                {mayWrite ? (
                  <div class="actions">
                    <button type="button" class="link" onClick={() => setDraft(draftOf(note))}>
                      {t.edit}
                    </button>
                    <button
                      type="button"
                      class="link"
                      onClick={() => {
                        if (session.note(note.noteId, "", { after: note.seq }) !== null) setRemoved(note);
                      }}
                    >
                      {t.remove}
                    </button>
                  </div>
                ) : null}
              </>
            )}
          </li>
        ))}
      </ul>
      {notes.length === 0 && draft === null ? <p class="soft view-empty">{t.empty}</p> : null}
    </section>
  );
}

/** What somebody else has made of the note meanwhile stands over what is being written, and nothing is lost of either. */
function Editor({
  session,
  state,
  words,
  draft,
  setDraft,
  save,
}: NotesProps & { draft: Draft; save(draft: Draft): void }) {
  const t = words.notes;
  const bars = barsOf(state.timeline.map);
  const theirs = theirsOf(draft, state.notes);
  const field = useRef<HTMLTextAreaElement>(null);
  // Asked for with the keyboard or a press; before the next key, which would be a command of the transport otherwise.
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(theirs === null ? draft : { ...draft, after: theirs.seq === 0 ? null : theirs.seq });
      }}
    >
      {theirs === null ? null : (
        <div role="alert" class="view-theirs">
          <p>{theirs.text === "" ? t.gone : t.changed(nameOf(state, theirs.from, words))}</p>
          {theirs.text === "" ? null : (
            <p class="spoken" dir="auto">
              {theirs.text}
            </p>
          )}
        </div>
      )}
      <textarea
        id="view-note"
        rows={4}
        maxLength={NOTE_TEXT_MAX_CHARS}
        aria-label={t.text}
        value={draft.text}
        onInput={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") setDraft(null);
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
        ref={field}
      />
      <label class="view-line">
        <input
          type="checkbox"
          checked={draft.positionFrames !== null}
          onChange={(event) => {
            const positionFrames = event.currentTarget.checked ? Math.round(session.positionFrames()) : null;
            setDraft({ ...draft, positionFrames });
          }}
        />
        <span>{draft.positionFrames === null ? t.pin : t.pinned(bars.label(draft.positionFrames))}</span>
      </label>
      <div class="actions">
        <button type="submit" class="button small">
          {theirs === null ? t.save : t.saveMine}
        </button>
        <button type="button" class="button quiet small" onClick={() => setDraft(null)}>
          {theirs === null ? t.cancel : t.keepTheirs}
        </button>
      </div>
    </form>
  );
}
