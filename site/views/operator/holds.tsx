import type { Hold } from "../../../protocol/privacy.ts";
import { Button, Field } from "../../design/form.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { dateTime } from "../../i18n/format.ts";
import { operatorText } from "../../i18n/operator.ts";
import { Act, Prose } from "./parts.tsx";

/** Investigations that keep something, and the two forms that begin one. */
export function Holds({ page, holds }: { page: Page; holds: readonly Hold[] }) {
  const t = operatorText[page.language];
  const day = (name: string, label: string) => (
    <Field name={name} id={`hold-${name}`} label={label} type="date" required />
  );
  return (
    <>
      {holds.length === 0 ? <p class="soft">{t.nothing}</p> : null}
      {holds.map(({ holdId, reason, owner, displayName, logsFromMs, logsToMs, reviewAtMs }) => (
        <article class="panel stack">
          <header>
            <h3 dir="auto">
              {displayName ?? t.log(dateTime(page.language, logsFromMs ?? 0), dateTime(page.language, logsToMs ?? 0))}
            </h3>
            <p class="small soft">
              {reviewAtMs <= page.nowMs ? t.overdue : t.review} <Moment page={page} ms={reviewAtMs} show="day" />
            </p>
          </header>
          <p>
            {reason} ({owner})
          </p>
          <form method="post" action={href(page, `/operator/holds/${holdId}`)} class="stack" novalidate>
            <input type="hidden" name="do" value="go-on" />
            <Field name="reviewAt" id={`${holdId}-review`} label={t.nextReview} type="date" required />
            <p>
              <Button label={t.goOn} kind="quiet" />
            </p>
          </form>
          <Act page={page} to={`/operator/holds/${holdId}`} what={{ do: "release" }} label={t.release} destructive />
        </article>
      ))}
      <details class="way">
        <summary>{t.holdAccount}</summary>
        <form method="post" action={href(page, "/operator/holds")} class="stack" novalidate>
          <input type="hidden" name="what" value="account" />
          <Field name="email" id="hold-email" label={t.email} type="email" required />
          <Prose name="reason" id="hold-reason" label={t.holdReason} />
          {day("reviewAt", t.nextReview)}
          <p>
            <Button label={t.hold} kind="quiet" />
          </p>
        </form>
      </details>
      <details class="way">
        <summary>{t.holdLogs}</summary>
        <form method="post" action={href(page, "/operator/holds")} class="stack" novalidate>
          <input type="hidden" name="what" value="logs" />
          {day("from", t.from)}
          {day("to", t.to)}
          <Prose name="reason" id="hold-log-reason" label={t.holdReason} />
          <Field name="reviewAt" id="hold-log-review" label={t.nextReview} type="date" required />
          <p>
            <Button label={t.hold} kind="quiet" />
          </p>
        </form>
      </details>
    </>
  );
}
