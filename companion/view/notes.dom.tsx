/** The session's notes: cards that everybody who plays may write, and a deletion that can be taken back. */
import { useState } from "preact/hooks";
import { NOTE_TEXT_MAX_CHARS } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import type { Note } from "./model.std.ts";
import { accentClass, nameOf, type ViewProps } from "./parts.dom.tsx";

export interface NotesProps extends ViewProps {
  /** The note that is being written: its id, and the text it had. */
  draft: { noteId: string; text: string } | null;
  setDraft(draft: { noteId: string; text: string } | null): void;
}

export function Notes({ session, state, words, draft, setDraft }: NotesProps) {
  const t = words.notes;
  const [removed, setRemoved] = useState<Note | null>(null);
  const mayWrite = state.role !== null && may(state.role, "note.write");
  const notes = state.notes.filter(({ about }) => about === undefined);
  const editor = (id: string) =>
    draft?.noteId !== id ? null : (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (draft.text.trim() === "" || session.note(id, draft.text.trim())) setDraft(null);
        }}
      >
        <textarea
          id="view-note"
          rows={4}
          maxLength={NOTE_TEXT_MAX_CHARS}
          aria-label={t.text}
          value={draft.text}
          onInput={(event) => setDraft({ noteId: id, text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
          // The field comes because somebody asked for it with the keyboard or a press.
          ref={(field) => field?.focus()}
        />
        <div class="actions">
          <button type="submit" class="button small">
            {t.save}
          </button>
          <button type="button" class="button quiet small" onClick={() => setDraft(null)}>
            {t.cancel}
          </button>
        </div>
      </form>
    );
  const isNew = draft !== null && !notes.some(({ noteId }) => noteId === draft.noteId);
  return (
    <section class="view-notes" aria-label={t.label}>
      <h2>{t.label}</h2>
      {mayWrite ? (
        <button
          type="button"
          class="button quiet small"
          aria-keyshortcuts="N"
          onClick={() => setDraft({ noteId: crypto.randomUUID(), text: "" })}
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
              if (session.note(removed.noteId, removed.text)) setRemoved(null);
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
                <p class="spoken" dir="auto">
                  {note.text}
                </p>
                <p class="soft">{nameOf(state, note.from, words)}</p>
                {mayWrite ? (
                  <div class="actions">
                    <button
                      type="button"
                      class="link"
                      onClick={() => setDraft({ noteId: note.noteId, text: note.text })}
                    >
                      {t.edit}
                    </button>
                    <button
                      type="button"
                      class="link"
                      onClick={() => {
                        if (session.note(note.noteId, "")) setRemoved(note);
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
