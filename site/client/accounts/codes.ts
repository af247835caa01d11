import type { Said } from "../../i18n/accounts.ts";
import { find } from "./form.ts";

/** Shows recovery codes, this once: to copy, to save, to print. When the dialog goes, they are gone from the page as well. */
export function codesShown(codes: readonly string[], said: Said): void {
  const dialog = find<HTMLDialogElement>("#codes");
  const text = `SessionLinked\n\n${codes.join("\n")}\n`;
  find("#codes-list").replaceChildren(
    ...codes.map((code) => {
      const item = document.createElement("li");
      item.textContent = code;
      return item;
    }),
  );
  find("#codes-copy").addEventListener("click", ({ currentTarget }) => {
    void navigator.clipboard.writeText(text).then(() => {
      (currentTarget as HTMLElement).textContent = said.copied;
    });
  });
  find("#codes-download").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "sessionlinked-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  find("#codes-print").addEventListener("click", () => print());
  const leave = () => location.assign(dialog.dataset.done ?? "/account");
  find("#codes-done").addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("close", leave);
  dialog.showModal();
}
