/** A test roll of the DAW at the chosen port: it proves that what was set in it is enough (C4). */
import { useSignal } from "@preact/signals";
import { lateOf } from "../engine/transport/test-roll.std.ts";
import type { ViewProps } from "./parts.dom.tsx";
import type { ViewRoll } from "./view-daw.dom.ts";
import { de } from "./words/roll.de.std.ts";
import { en, type RollWords } from "./words/roll.en.std.ts";

/** They come with the part that says them, and are in no page's first script. */
const wordsOf = (): RollWords => (document.documentElement.lang === "de" ? de : en);

export function Roll({ session }: Pick<ViewProps, "session">) {
  const t = wordsOf();
  const { roll, lateMs } = session.daw.state.value;
  const listens = useSignal(false);
  const isRolling = typeof roll === "string";
  const note = listens.value ? t.listenNote : t.note;
  return (
    <div class="view-test-roll">
      <label class="view-line">
        <input
          type="checkbox"
          checked={listens.value}
          disabled={isRolling}
          onChange={({ currentTarget }) => {
            listens.value = currentTarget.checked;
          }}
        />
        {t.listen}
      </label>
      <button
        type="button"
        class="button quiet small"
        disabled={isRolling}
        onClick={() => void session.daw.roll(listens.value)}
      >
        {t.begin}
      </button>
      <p class="soft" role="status">
        {isRolling
          ? t.steps[roll]
          : roll === null
            ? lateMs === null
              ? note
              : t.known(lateMs.toFixed(1))
            : said(roll, listens.value, t)}
      </p>
    </div>
  );
}

/** What is heard is what the others would hear beside it, so it is said before what the DAW tells of itself. */
function said(roll: Exclude<ViewRoll, string | null>, listened: boolean, t: RollWords): string {
  const { found, lateMs, spreadMs, heard } = roll;
  const after = lateOf(roll) === null ? t.unsure : t.madeUp;
  const nothing = listened && heard === null ? [t.unheard] : [];
  if (found !== "rolled") return [t.found[found], ...nothing].join(" ");
  if (heard !== null)
    return [t.found.rolled, t.heard(heard.lateMs.toFixed(1), heard.strayMs.toFixed(1), heard.clicks), after].join(" ");
  if (lateMs === null || spreadMs === null) return [t.found.rolled, ...nothing, t.noPlace].join(" ");
  return [t.found.rolled, ...nothing, t.late(lateMs.toFixed(1), (spreadMs / 2).toFixed(1)), after].join(" ");
}
