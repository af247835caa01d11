import { Arrangement } from "../../design/arrangement.tsx";
import { href, type Page } from "../../design/page.ts";
import { sessionText } from "../../i18n/sessions.ts";

/** For whoever has just opened an account: the three things that come next, as clips on one line. */
export function FirstSteps({ page }: { page: Page }) {
  const t = sessionText[page.language].list;
  const clips = t.steps.map((label, at) => ({
    label,
    from: at / 3,
    to: (at + 1) / 3,
    track: at,
    person: at + 1,
    isAhead: at > 0,
  }));
  const ways = ["/companion", "/sessions#begin", "/hub"] as const;
  return (
    <section class="stack">
      <div class="wide-only">
        <Arrangement label={t.stepsPicture} clips={clips} now={0} />
      </div>
      <ol class="first-steps">
        {t.steps.map((step, at) => (
          <li>
            <a href={href(page, ways[at] ?? "/help")}>{step}</a> <span class="soft">{t.stepNotes[at]}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
