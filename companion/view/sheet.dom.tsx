/** The sheet of keys: it lies over the page and takes nothing from it, so that it is there and gone at once. Whoever goes on beside it closes it. */
import { de } from "./words/keys.de.std.ts";
import { en, type KeysWords } from "./words/keys.en.std.ts";

const keysWords = (): KeysWords => (document.documentElement.lang === "de" ? de : en);

export interface SheetProps {
  close(): void;
}

export function Sheet({ close }: SheetProps) {
  const t = keysWords();
  return (
    <dialog
      class="view-sheet view-keys"
      aria-label={t.title}
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
      <h2>{t.title}</h2>
      <dl>
        {t.list.map(([key, does]) => (
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
          {t.close}
        </button>
      </form>
    </dialog>
  );
}
