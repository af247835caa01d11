import type { Decision } from "../../../protocol/decisions.ts";
import { REQUEST_MAX_CHARS } from "../../../protocol/limits.ts";
import { Labelled } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { decisionText } from "../../i18n/decisions.ts";

export interface DecisionsProps {
  page: Page;
  decisions: readonly Decision[];
  said: "appealed" | "problem" | null;
}

/** Statements of reasons about what somebody reported or was reported for, each with its appeal. */
export function Decisions({ page, decisions, said }: DecisionsProps) {
  const t = decisionText[page.language];
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </header>
      {said === null ? null : (
        <p class={said === "problem" ? "notice" : "notice good"} role={said === "problem" ? "alert" : "status"}>
          {said === "problem" ? t.problem : t.done}
        </p>
      )}
      {decisions.length === 0 ? <p class="soft">{t.none}</p> : null}
      {decisions.map((decision) => (
        <One page={page} decision={decision} />
      ))}
    </Layout>
  );
}

function One({ page, decision }: { page: Page; decision: Decision }) {
  const t = decisionText[page.language];
  const { decisionId, side, measure, ground, facts, takeName, decidedAtMs, reversedAtMs, appealUntilMs, appeal } =
    decision;
  return (
    <article class="panel stack" id={decisionId}>
      <h2>{t.sides[side]}</h2>
      {takeName === null ? null : <p>{t.take(takeName)}</p>}
      <p>
        {t.measures[measure]} {measure === "none" ? t.noGround : t.grounds[ground]} {t.byPeople}
      </p>
      <h3>{t.facts}</h3>
      <p class="prose">{facts}</p>
      <dl class="facts">
        <dt>{t.decided}</dt>
        <dd class="instrument">
          <Moment page={page} ms={decidedAtMs} show="day" />
        </dd>
        {reversedAtMs === null ? null : (
          <>
            <dt>{t.reversed}</dt>
            <dd class="instrument">
              <Moment page={page} ms={reversedAtMs} show="day" />
            </dd>
          </>
        )}
        <dt>{t.until}</dt>
        <dd class="instrument">
          <Moment page={page} ms={appealUntilMs} show="day" />
        </dd>
      </dl>
      {appeal === null ? null : (
        <>
          <h3>{t.appealed}</h3>
          <p class="prose">{appeal.text}</p>
          <h3>{t.answer}</h3>
          <p class="prose">{appeal.answer ?? t.waiting}</p>
        </>
      )}
      {appeal !== null || appealUntilMs <= page.nowMs ? null : (
        <form class="stack" method="post" action={href(page, `/account/decisions/${decisionId}/appeal`)} novalidate>
          <p class="soft">{t.redress}</p>
          <Labelled name={`${decisionId}-text`} label={t.appeal}>
            <textarea id={`${decisionId}-text`} name="text" rows={4} maxlength={REQUEST_MAX_CHARS} required />
          </Labelled>
          <p>
            <button class="button quiet" type="submit">
              {t.send}
            </button>
          </p>
        </form>
      )}
    </article>
  );
}
