/** One's own profile: a file that is too large is said before it is sent, where every other problem of the form stands. */
const file = document.querySelector<HTMLInputElement>("#file[data-max]");
const said = document.querySelector<HTMLElement>("#file-problem");

function isTooLarge(): boolean {
  const [chosen] = file?.files ?? [];
  return chosen !== undefined && chosen.size > Number(file?.dataset.max);
}
file?.addEventListener("change", () => {
  if (said === null) return;
  said.textContent = isTooLarge() ? (file.dataset.tooLarge ?? "") : "";
  said.hidden = !isTooLarge();
  file.ariaInvalid = String(isTooLarge());
});
file?.form?.addEventListener("submit", (event) => {
  if (!isTooLarge()) return;
  event.preventDefault();
  file.focus();
});
