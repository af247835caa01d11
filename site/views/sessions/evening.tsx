import type { Child } from "hono/jsx";
import type { Evening } from "../../../protocol/sessions.ts";
import { Problem, type Refused, Upshot } from "../../design/form.tsx";
import { href, type Page } from "../../design/page.ts";
import { eveningText } from "../../i18n/evening.ts";
import { fullDateTime, iso } from "../../i18n/format.ts";

export type PlannedEvening = Evening & { nextAtMs: number };

/** Lengths that are offered, in minutes. */
const LENGTHS = [60, 90, 120, 180, 240, 360];

/** When everybody meets next: in the reader's own time where the page's script runs, and by the clock on the wall where it was agreed on. */
export function NextEvening({ page, sessionId, evening }: { page: Page; sessionId: string; evening: PlannedEvening }) {
  const t = eveningText[page.language];
  const { nextAtMs, timeZone, startsAt, minutes, repeats } = evening;
  const isNow = nextAtMs <= page.nowMs;
  return (
    <p class="next-evening">
      <span>
        <strong>{isNow ? t.now : t.next}</strong>{" "}
        <time class="instrument" datetime={iso(nextAtMs)} data-local="full">
          {fullDateTime(page.language, nextAtMs, timeZone)}
        </time>
        <br />
        <span class="small soft">
          {t.there(startsAt.slice(11), timeZone.replaceAll("_", " "))} · {t.lasts(minutes)} · {t.repeats[repeats]}
        </span>
      </span>
      <a class="button quiet small" href={href(page, `/sessions/${sessionId}/evening.ics`)} download>
        {t.calendar}
      </a>
    </p>
  );
}

interface PlanEveningProps {
  page: Page;
  sessionId: string;
  evening: PlannedEvening | null;
  refused?: Refused | undefined;
  children?: Child;
}

/** A host plans the next evening, moves it, or calls it off. */
export function PlanEvening({ page, sessionId, evening, refused, children }: PlanEveningProps) {
  const t = eveningText[page.language];
  const at = `/sessions/${sessionId}/evening`;
  const typed = refused?.typed;
  const minutes = Number(typed?.minutes) || (evening?.minutes ?? 120);
  const repeats = typed?.repeats ?? evening?.repeats;
  const problem = (name: "startsAt" | "timeZone") => (refused?.wrong.includes(name) ? t.problems[name] : undefined);
  const invalid = (name: "startsAt" | "timeZone") => (problem(name) === undefined ? undefined : "true");
  return (
    <section class="stack" id="evening">
      <h2>{t.title}</h2>
      <p class="soft">{t.lead}</p>
      {children}
      <form class="stack" method="post" action={href(page, `${at}#evening`)} novalidate>
        {refused === undefined || problem("startsAt") || problem("timeZone") ? null : (
          <Upshot text={t.problems.other} isBad />
        )}
        <div class="pair">
          <div class="field">
            <label for="evening-starts">{t.startsAt}</label>
            <Problem of="evening-starts" text={problem("startsAt")} />
            <input
              id="evening-starts"
              name="startsAt"
              type="datetime-local"
              value={typed?.startsAt ?? evening?.startsAt}
              required
              aria-describedby="evening-starts-problem"
              aria-invalid={invalid("startsAt")}
            />
          </div>
          <div class="field">
            <label for="evening-zone">{t.timeZone}</label>
            <Problem of="evening-zone" text={problem("timeZone")} />
            <input
              id="evening-zone"
              name="timeZone"
              value={typed?.timeZone ?? evening?.timeZone ?? "Europe/Berlin"}
              data-time-zone={evening === null && typed === undefined ? "own" : "kept"}
              list="time-zones"
              autocomplete="off"
              spellcheck={false}
              required
              data-missing={t.problems.timeZone}
              aria-describedby="evening-zone-problem"
              aria-invalid={invalid("timeZone")}
            />
            <datalist id="time-zones" />
          </div>
        </div>
        <div class="pair">
          <div class="field">
            <label for="evening-minutes">{t.minutes}</label>
            <select id="evening-minutes" name="minutes">
              {[...new Set([...LENGTHS, minutes])]
                .toSorted((one, other) => one - other)
                .map((length) => (
                  <option value={length} selected={length === minutes}>
                    {t.lasts(length)}
                  </option>
                ))}
            </select>
          </div>
          <div class="field">
            <label for="evening-repeats">{t.again}</label>
            <select id="evening-repeats" name="repeats">
              {(["never", "weekly", "fortnightly"] as const).map((one) => (
                <option value={one} selected={one === repeats}>
                  {t.repeats[one]}
                </option>
              ))}
            </select>
          </div>
        </div>
        <button class="button quiet" type="submit">
          {evening === null ? t.plan : t.move}
        </button>
      </form>
      {evening === null ? null : (
        <form method="post" action={href(page, `${at}/cancel`)}>
          <button class="button destructive small" type="submit">
            {t.cancel}
          </button>
        </form>
      )}
    </section>
  );
}
