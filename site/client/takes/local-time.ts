/** Times in the reader's own zone, where the server could only say UTC; whose zone it is stands beside the list. */
export function localTimes(root: ParentNode, language: string): void {
  const format = new Intl.DateTimeFormat(language === "de" ? "de-DE" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const ms = Date.parse(time.dateTime);
    if (Number.isFinite(ms)) time.textContent = format.format(ms);
  }
  for (const note of root.querySelectorAll<HTMLElement>("[data-zone]")) note.hidden = true;
}
