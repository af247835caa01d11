import type { Note } from "./model.std.ts";

/** A note that is being written: what it had when it was opened, and where it is to stand. */
export interface Draft {
  noteId: string;
  text: string;
  /** The line of the log that the writer saw; `null`: a new one. */
  after: number | null;
  positionFrames: number | null;
}

export const newDraft = (noteId: string): Draft => ({ noteId, text: "", after: null, positionFrames: null });

export const draftOf = ({ noteId, text, seq, about }: Note): Draft => ({
  noteId,
  text,
  after: seq,
  positionFrames: about?.positionFrames ?? null,
});

/** The sheet as it is read: what stands on the timeline in its order, then the rest as it was written. Comments on takes are their takes'. */
export function sheetOf(notes: readonly Note[]): Note[] {
  const placeOf = ({ about }: Note) => about?.positionFrames ?? Number.POSITIVE_INFINITY;
  return notes
    .filter(({ about }) => about?.takeId === undefined)
    .sort((one, other) => placeOf(one) - placeOf(other) || one.seq - other.seq);
}

/** What somebody else has made of a note while it was being written: its newest text, `""` where it has gone; `null`: nothing. */
export function theirsOf(draft: Draft, notes: readonly Note[]): Pick<Note, "text" | "from" | "seq"> | null {
  if (draft.after === null) return null;
  const note = notes.find(({ noteId }) => noteId === draft.noteId);
  if (note === undefined) return { text: "", from: null, seq: 0 };
  return note.seq === draft.after ? null : note;
}
