import type { Breach } from "../../../protocol/breaches.ts";
import { Button, Field, Labelled } from "../../design/form.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Timeline } from "../../design/timeline.tsx";
import { number } from "../../i18n/format.ts";
import { holdingName } from "../../i18n/holdings.ts";
import { operatorText } from "../../i18n/operator.ts";
import { Act, Prose } from "./parts.tsx";

type Notice = Breach["notices"][number];

/** One notice that a law asks for: sent, with its proof, or its clock, its draft and what is done about it. */
function NoticeOf({ page, to, of, isOpen }: { page: Page; to: string; of: Notice; isOpen: boolean }) {
  const t = operatorText[page.language];
  const { notice, law, dueAtMs, sentAtMs, proof, draft } = of;
  const isLate = sentAtMs === null && dueAtMs !== null && dueAtMs <= page.nowMs;
  return (
    <div class="stack">
      <p>
        <strong>{t.notices[notice]}</strong> <span class="small soft">({law})</span>
        <br />
        {sentAtMs !== null ? (
          <>
            {t.sent} <Moment page={page} ms={sentAtMs} />, {proof}
          </>
        ) : dueAtMs === null ? (
          t.notBegun
        ) : (
          <span class={isLate ? "problem" : undefined}>
            {isLate ? t.late : t.due} <Moment page={page} ms={dueAtMs} />
          </span>
        )}
      </p>
      {sentAtMs !== null || !isOpen ? null : (
        <>
          <details>
            <summary>{t.draft}</summary>
            {draft.split("\n\n").map((paragraph) => (
              <p class="small">{paragraph}</p>
            ))}
          </details>
          {notice === "gdpr-people" ? (
            <Act page={page} to={to} what={{ do: "tell-people" }} label={t.tell} />
          ) : (
            <Act
              page={page}
              to={to}
              what={{ do: "note-sent", notice }}
              label={t.noteSent}
              field={{ name: "proof", label: t.proof }}
            />
          )}
        </>
      )}
    </div>
  );
}

/** From our knowing of it to the last clock: the time that has passed, and each notice; what is sent is filled, what is still to be sent hollow. */
function Clocks({ page, breach }: { page: Page; breach: Breach }) {
  const t = operatorText[page.language];
  const marks = breach.notices.flatMap(({ notice, dueAtMs, sentAtMs }) => {
    const at = sentAtMs ?? dueAtMs;
    return at === null ? [] : [{ at, label: t.notices[notice], kind: sentAtMs === null ? "there" : "here" } as const];
  });
  const times = [breach.awareAtMs, page.nowMs, ...marks.map(({ at }) => at)];
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const room = (to - from) * 0.02;
  return (
    <Timeline
      label={t.clocks}
      from={from - room}
      to={to + room}
      spans={[{ from: breach.awareAtMs, to: page.nowMs, label: "" }]}
      marks={[{ at: breach.awareAtMs, label: t.aware, kind: "here" }, ...marks]}
    />
  );
}

function BreachOf({ page, breach }: { page: Page; breach: Breach }) {
  const t = operatorText[page.language];
  const many = (count: number) => number(page.language, count);
  const { breachId, kind, whatHappened, consequences, measures, scope, awareAtMs, fixedAtMs, closedAtMs } = breach;
  const to = `/operator/breaches/${breachId}`;
  const isOpen = closedAtMs === null;
  const canClose = breach.countedAtMs !== null && breach.notices.every(({ sentAtMs }) => sentAtMs !== null);
  return (
    <article class="panel stack" id={breachId}>
      <header>
        <h3>{whatHappened}</h3>
        <p class="small soft">
          {t.breachKinds[kind]}. {t.aware} <Moment page={page} ms={awareAtMs} />
          {isOpen ? null : (
            <>
              . {t.closed} <Moment page={page} ms={closedAtMs} />
            </>
          )}
        </p>
      </header>
      {isOpen ? <Clocks page={page} breach={breach} /> : null}
      <dl class="facts">
        <dt>{t.reached}</dt>
        <dd>{scope.tables.map((table) => holdingName(page.language, table)).join(", ")}</dd>
        <dt>{t.people}</dt>
        <dd>{breach.countedAtMs === null ? t.counting : t.affected(many(breach.affected), many(breach.told))}</dd>
        <dt>{t.consequences}</dt>
        <dd>{consequences}</dd>
        <dt>{t.measures}</dt>
        <dd>{measures}</dd>
        {fixedAtMs === null ? null : (
          <>
            <dt>{t.fixed}</dt>
            <dd class="instrument">
              <Moment page={page} ms={fixedAtMs} />
            </dd>
          </>
        )}
      </dl>
      {breach.notices.map((notice) => (
        <NoticeOf page={page} to={to} of={notice} isOpen={isOpen} />
      ))}
      {isOpen && fixedAtMs === null ? (
        <Act
          page={page}
          to={to}
          what={{ do: "fixed" }}
          label={t.noteFixed}
          field={{ name: "measures", label: t.whatFixed }}
        />
      ) : null}
      {!isOpen ? null : canClose ? (
        <Act page={page} to={to} what={{ do: "close" }} label={t.closeBreach} />
      ) : (
        <p class="small soft">{t.notToClose}</p>
      )}
    </article>
  );
}

/** A form of a breach that was refused. */
export type BreachTyped = Record<string, string | readonly string[]> & { tables: readonly string[] };

function Register({ page, tables, typed }: { page: Page; tables: readonly string[]; typed?: BreachTyped | undefined }) {
  const t = operatorText[page.language];
  const was = (name: string) => String(typed?.[name] ?? "");
  const field = (name: "sessionId" | "from" | "until" | "awareAt", type: "text" | "date" | "datetime-local") => (
    <Field
      name={name}
      id={`breach-${name}`}
      label={t.breachFields[name]}
      type={type}
      value={was(name)}
      required={name === "awareAt"}
    />
  );
  const prose = (name: "whatHappened" | "consequences" | "measures") => (
    <Prose name={name} id={`breach-${name}`} label={t.breachFields[name]} value={was(name)} />
  );
  return (
    <details class="way" open={typed !== undefined}>
      <summary>{t.register}</summary>
      <form method="post" action={href(page, "/operator/breaches")} class="stack" novalidate>
        <Labelled name="breach-kind" label={t.what}>
          <select id="breach-kind" name="kind">
            {(["data", "app", "both"] as const).map((kind) => (
              <option value={kind} selected={was("kind") === kind}>
                {t.breachKinds[kind]}
              </option>
            ))}
          </select>
        </Labelled>
        {field("awareAt", "datetime-local")}
        {prose("whatHappened")}
        {prose("consequences")}
        {prose("measures")}
        <Labelled name="breach-tables" label={t.breachFields.tables}>
          <select id="breach-tables" name="tables" multiple size={8} required>
            {tables.map((table) => (
              <option value={table} selected={typed?.tables.includes(table)}>
                {holdingName(page.language, table)}
              </option>
            ))}
          </select>
        </Labelled>
        {field("sessionId", "text")}
        {field("from", "date")}
        {field("until", "date")}
        <p>
          <Button label={t.registerIt} kind="quiet" />
        </p>
      </form>
    </details>
  );
}

/** The register: what happened, whom it concerns, and each notice that a law asks for; and the form that enters one more. */
export function Breaches({
  page,
  breaches,
  tables,
  typed,
}: {
  page: Page;
  breaches: readonly Breach[];
  tables: readonly string[];
  typed?: BreachTyped | undefined;
}) {
  return (
    <>
      {breaches.length === 0 ? <p class="soft">{operatorText[page.language].nothing}</p> : null}
      {breaches.map((breach) => (
        <BreachOf page={page} breach={breach} />
      ))}
      <Register page={page} tables={tables} typed={typed} />
    </>
  );
}
