/** Often enough to be there before one wonders, rare enough to cost nothing: two rows of an index. */
const LOOK_EVERY_MS = 30_000;

/**
 * Says when takes have been shared or taken away since the page was made, and leaves it to the person to look: a page that is being
 * listened to does not change under the ear.
 */
export function watchChanges(root: HTMLElement): void {
  const { session, latest, changed } = root.dataset;
  const notice = root.querySelector<HTMLElement>("[data-changes]");
  if (session === undefined || latest === undefined || notice === null) return;
  const timer = setInterval(async () => {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch(`/api/v1/sessions/${session}/recordings?limit=1`).catch(() => null);
    if (!answer?.ok) return;
    const { items } = (await answer.json()) as { items: { recordingId: string; state: string }[] };
    if (items.map(({ recordingId, state }) => `${recordingId} ${state}`).join() === latest) return;
    const link = document.createElement("a");
    link.href = location.pathname + location.search;
    link.textContent = changed ?? "";
    notice.replaceChildren(link);
    clearInterval(timer);
  }, LOOK_EVERY_MS);
}
