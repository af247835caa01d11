/** Times in the reader's own zone, where the server could only say UTC; what it said stays as the title. Whose zone it is needs no note then. */
const language = document.documentElement.lang;
const formats: Record<string, Intl.DateTimeFormat> = {
  time: new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }),
  day: new Intl.DateTimeFormat(language, { dateStyle: "long" }),
  short: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
};
for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
  const format = formats[time.dataset.local ?? ""];
  const ms = Date.parse(time.dateTime);
  if (format === undefined || !Number.isFinite(ms)) continue;
  time.title = time.textContent ?? "";
  time.textContent = format.format(ms);
}
for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-ends-at]")) {
  const ms = Date.parse(time.dateTime);
  if (Number.isFinite(ms)) time.title = `${time.dataset.endsAt} ${formats.time?.format(ms)}`;
}
for (const note of document.querySelectorAll<HTMLElement>("[data-zone]")) note.hidden = true;
