/** The DAW's part of the view: connect one over the browser's MIDI. */
import { later } from "./later.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import { de } from "./words/daw.de.std.ts";
import { type DawWords, en } from "./words/daw.en.std.ts";

/** They come with the part that says them, and are in no page's first script. */
const dawWords = (): DawWords => (document.documentElement.lang === "de" ? de : en);

const DawPort = later<Pick<ViewProps, "session">>(() => import("./daw-port.dom.tsx").then((parts) => parts.DawPort));

export function Daw({ session }: ViewProps) {
  const { daw } = session;
  const t = dawWords();
  const { power, trouble } = daw.state.value;
  const isBefore = power === "off" || power === "asking";
  return (
    <section class="view-daw" aria-label={t.label}>
      <h2>{t.label}</h2>
      {isBefore && trouble === null ? null : <DawPort session={session} />}
      {isBefore ? (
        <>
          <p class="soft">{t.before}</p>
          <p class="actions">
            <button
              type="button"
              class="button small"
              disabled={power === "asking" || trouble === "old-browser"}
              onClick={() => void daw.ask()}
            >
              {power === "asking" ? t.asking : t.connect}
            </button>
          </p>
        </>
      ) : null}
    </section>
  );
}
