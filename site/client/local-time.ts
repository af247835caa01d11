/** Times in the reader's own zone, where the server could only say UTC; what it said stays as the title. Whose zone it is needs no note then. */
const language = document.documentElement.lang;
const formats: Record<string, Intl.DateTimeFormat> = {
  time: new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }),
  day: new Intl.DateTimeFormat(language, { dateStyle: "long" }),
  full: new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" }),
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

/** A zone is chosen from all that there are, and a new plan begins with the reader's own. */
const zone = document.querySelector<HTMLInputElement>("input[data-time-zone]");
if (zone !== null) {
  if (zone.dataset.timeZone === "own") zone.value = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  zone.list?.append(
    ...Intl.supportedValuesOf("timeZone").map((name) =>
      Object.assign(document.createElement("option"), { value: name }),
    ),
  );
}
