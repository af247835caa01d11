/** The sheet of keys. */
import type { Words } from "./words/words.std.ts";

export interface SheetProps {
  words: Words;
  close(): void;
}

export function Sheet({ words, close }: SheetProps) {
  return (
    <dialog
      class="view-sheet"
      aria-label={words.keys.title}
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={close}
    >
      <h2>{words.keys.title}</h2>
      <dl>
        {words.keys.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button small">
          {words.keys.close}
        </button>
      </form>
    </dialog>
  );
}
