/** A question before something that others feel: what happens is said, and the keyboard begins at "no". */
export interface AskProps {
  title: string;
  text: string;
  yes: string;
  no: string;
  isDanger?: boolean;
  answer(isYes: boolean): void;
}

export function Ask({ title, text, yes, no, isDanger = false, answer }: AskProps) {
  return (
    <dialog
      class="view-sheet"
      aria-label={title}
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={(event) => answer(event.currentTarget.returnValue === "yes")}
    >
      <h2>{title}</h2>
      <p>{text}</p>
      <form method="dialog">
        <p class="actions">
          <button type="submit" class="button quiet small" value="no">
            {no}
          </button>
          <button type="submit" class={`button small ${isDanger ? "danger" : ""}`} value="yes">
            {yes}
          </button>
        </p>
      </form>
    </dialog>
  );
}
