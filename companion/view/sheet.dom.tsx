/** The sheet of keys: it lies over the page and takes nothing from it, so that it is there and gone at once. Whoever goes on beside it closes it. */
import type { Words } from "./words/words.std.ts";

export interface SheetProps {
  words: Words;
  close(): void;
}

export function Sheet({ words, close }: SheetProps) {
  return (
    <dialog
      class="view-sheet view-keys"
      aria-label={words.keys.title}
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.show();
      }}
      onClose={close}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Escape") currentTarget.close();
      }}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        const isInside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        // Another window may have the keyboard meanwhile.
        if (!isInside && document.hasFocus()) close();
      }}
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
