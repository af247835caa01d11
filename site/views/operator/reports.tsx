import { grounds, measures, type OpenAppeal } from "../../../protocol/decisions.ts";
import type { ReportedAccount } from "../../../protocol/hub.ts";
import { Button, Labelled } from "../../design/form.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { decisionText } from "../../i18n/decisions.ts";
import { number } from "../../i18n/format.ts";
import { hubText } from "../../i18n/hub.ts";
import { operatorText } from "../../i18n/operator.ts";
import { Act, Prose } from "./parts.tsx";

/** What a decision rests on, in the words that both sides get. */
function Why({ page, of }: { page: Page; of: string }) {
  const t = operatorText[page.language];
  const said = decisionText[page.language];
  return (
    <>
      <Labelled name={`ground-${of}`} label={t.ground}>
        <select id={`ground-${of}`} name="ground">
          {grounds.map((ground) => (
            <option value={ground}>{said.grounds[ground]}</option>
          ))}
        </select>
      </Labelled>
      <Prose name="facts" id={`facts-${of}`} label={t.facts} />
    </>
  );
}

/** A decision with the reasons that both sides get. */
function Decide({ page, reportId, throughMs }: { page: Page; reportId: string; throughMs: number }) {
  const t = operatorText[page.language];
  const said = decisionText[page.language];
  return (
    <form method="post" action={href(page, `/operator/reports/${reportId}`)} class="stack" novalidate>
      <input type="hidden" name="do" value="decide" />
      <input type="hidden" name="throughMs" value={String(throughMs)} />
      <Labelled name={`measure-${reportId}`} label={t.measure}>
        <select id={`measure-${reportId}`} name="measure">
          {measures.map((measure) => (
            <option value={measure}>{said.measures[measure]}</option>
          ))}
        </select>
      </Labelled>
      <Why page={page} of={reportId} />
      <p>
        <Button label={t.decide} />
      </p>
    </form>
  );
}

function Take({ page, of }: { page: Page; of: string }) {
  const { hear } = operatorText[page.language];
  return (
    <figure class="stack">
      <figcaption class="small soft">{hear}</figcaption>
      {/* biome-ignore lint/a11y/useMediaCaption: a stem is music, and has nothing to caption. */}
      <audio controls preload="none" src={`/operator/${of}/take.wav`} aria-label={hear} />
    </figure>
  );
}

/** Who was reported, why, and what may be done about it. */
export function Reports({ page, reports }: { page: Page; reports: readonly ReportedAccount[] }) {
  const t = operatorText[page.language];
  return (
    <>
      {reports.map(
        ({ accountId, displayName, profileId, reports: count, reporters, oldestAtMs, newestAtMs, shown }) => (
          <article class="panel stack" id={accountId}>
            <header>
              <h3 dir="auto">{displayName}</h3>
              <p class="small soft">
                {t.reported(number(page.language, count), number(page.language, reporters))} ·{" "}
                <Moment page={page} ms={oldestAtMs} />
                {profileId === null ? null : (
                  <>
                    {" "}
                    · <a href={href(page, `/hub/${profileId}`)}>{t.profile}</a>
                  </>
                )}
              </p>
            </header>
            {shown.map(({ reportId, reason, details, hasTake }) => (
              <>
                <p>
                  <strong>{hubText[page.language].reasons[reason]}</strong> {details}
                </p>
                {hasTake ? <Take page={page} of={`reports/${reportId}`} /> : null}
              </>
            ))}
            {shown.slice(0, 1).map(({ reportId }) => (
              <>
                <Decide page={page} reportId={reportId} throughMs={newestAtMs} />
                <Act
                  page={page}
                  to={`/operator/reports/${reportId}`}
                  what={{ do: "close", throughMs: String(newestAtMs) }}
                  label={t.close}
                />
                <form method="post" action={href(page, `/operator/reports/${reportId}`)} class="stack" novalidate>
                  <input type="hidden" name="do" value="delete-account" />
                  <Why page={page} of={`end-${reportId}`} />
                  <p>
                    <Button label={t.deleteAccount} kind="destructive" />
                  </p>
                </form>
              </>
            ))}
          </article>
        ),
      )}
    </>
  );
}

export function Appeals({ page, appeals }: { page: Page; appeals: readonly OpenAppeal[] }) {
  const t = operatorText[page.language];
  const said = decisionText[page.language];
  return (
    <>
      {appeals.map(({ appealId, side, measure, facts, text, createdAtMs, hasTake }) => (
        <article class="panel stack">
          <header>
            <h3>{said.sides[side]}</h3>
            <p class="small soft">
              <Moment page={page} ms={createdAtMs} />
            </p>
          </header>
          <p>
            {said.measures[measure]} {facts}
          </p>
          <p>{text}</p>
          {hasTake ? <Take page={page} of={`appeals/${appealId}`} /> : null}
          {(["uphold", "reverse"] as const).map((what) => (
            <Act
              page={page}
              to={`/operator/appeals/${appealId}`}
              what={{ do: what }}
              label={t[what]}
              field={{ name: "answer", label: t.answer }}
            />
          ))}
        </article>
      ))}
    </>
  );
}
