/** A sheet over the page (HTML standard, 4.11.4): it is there as long as it is drawn, and has the keyboard for itself. */
import type { ComponentChildren } from "preact";

export interface ModalProps {
  label: string;
  /** Beside that of every sheet. */
  class?: string;
  /** With the value of the button that closed it; `""` where it was closed by a key. */
  close(answer: string): void;
  children: ComponentChildren;
}

const show = (dialog: HTMLDialogElement | null): void => {
  if (dialog?.open === false) dialog.showModal();
};

export const Modal = ({ label, class: own, close, children }: ModalProps) => (
  <dialog
    class={own === undefined ? "view-sheet" : `view-sheet ${own}`}
    aria-label={label}
    ref={show}
    onClose={({ currentTarget }) => close(currentTarget.returnValue)}
  >
    {children}
  </dialog>
);
