/** A test roll of the DAW at the chosen port: it proves that what was set in it is enough (C4). */
import { lateOf } from "../engine/transport/test-roll.std.ts";
import type { ViewProps } from "./parts.dom.tsx";
import type { ViewRoll } from "./view-daw.dom.ts";
import { de } from "./words/roll.de.std.ts";
import { en, type RollWords } from "./words/roll.en.std.ts";

/** They come with the part that says them, and are in no page's first script. */
const wordsOf = (language: "en" | "de"): RollWords => (language === "de" ? de : en);

export function Roll({ session, language }: Pick<ViewProps, "session" | "language">) {
  const t = wordsOf(language);
  const { roll } = session.daw.state.value;
  const isRolling = typeof roll === "string";
  return (
    <div class="view-test-roll">
      <button
        type="button"
        class="button quiet small"
        disabled={isRolling}
        title={t.note}
        onClick={() => void session.daw.roll()}
      >
        {t.begin}
      </button>
      <p class="soft" role="status">
        {roll === null ? t.note : typeof roll === "string" ? t.steps[roll] : said(roll, t)}
      </p>
    </div>
  );
}

function said(roll: Exclude<ViewRoll, string | null>, t: RollWords): string {
  const { found, lateMs, spreadMs } = roll;
  if (found !== "rolled") return t.found[found];
  if (lateMs === null || spreadMs === null) return `${t.found.rolled} ${t.noPlace}`;
  const measured = t.late(lateMs.toFixed(1), (spreadMs / 2).toFixed(1));
  return `${t.found.rolled} ${measured} ${lateOf(roll) === null ? t.unsure : t.madeUp}`;
}
