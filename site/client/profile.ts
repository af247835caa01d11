/** One's own profile: a file that is too large is said before it is sent. Everything else works without a script. */
const file = document.querySelector<HTMLInputElement>("#file[data-max]");
file?.addEventListener("change", () => {
  const [chosen] = file.files ?? [];
  const isTooLarge = chosen !== undefined && chosen.size > Number(file.dataset.max);
  file.setCustomValidity(isTooLarge ? (file.dataset.tooLarge ?? "") : "");
  file.reportValidity();
});
