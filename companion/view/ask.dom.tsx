/** A question before something that others feel: what happens is said, and the keyboard begins at "no". */
import { Modal } from "./modal.dom.tsx";
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
    <Modal label={title} close={(said) => answer(said === "yes")}>
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
    </Modal>
  );
}
