/** A button beside the invite's link. Without a script the link is there to be selected. */
export function addCopy(): void {
  const field = document.querySelector<HTMLInputElement>("[data-copy]");
  if (field === null || navigator.clipboard === undefined) return;
  const { copy = "", copied = "" } = field.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small";
  button.textContent = copy;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(field.value).then(() => {
      button.textContent = copied;
      setTimeout(() => {
        button.textContent = copy;
      }, 2_000);
    });
    field.select();
  });
  field.after(button);
}
