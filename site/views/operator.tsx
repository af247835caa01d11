import type { Breach } from "../../protocol/breaches.ts";
import { grounds, measures, type OpenAppeal } from "../../protocol/decisions.ts";
import type { ReportedAccount } from "../../protocol/hub.ts";
import type { Hold, PrivacyRequest } from "../../protocol/privacy.ts";
import { Button, Field, Labelled } from "../design/form.tsx";
import { Layout } from "../design/layout.tsx";
import { Moment } from "../design/moment.tsx";
import { href, type Page } from "../design/page.ts";
import { Table } from "../design/table.tsx";
import { decisionText } from "../i18n/decisions.ts";
import { dateTime, number } from "../i18n/format.ts";
import { operatorText } from "../i18n/operator.ts";

export interface OperatorProps {
  page: Page;
  name: string;
  outcome: "done" | "refused" | null;
  requests: readonly PrivacyRequest[];
  reports: readonly ReportedAccount[];
  breaches: readonly Breach[];
  /** Rows over their time, and what waits, by name. */
  overdue: readonly { name: string; count: number }[];
  queues: readonly { name: string; count: number }[];
  holds: readonly Hold[];
  appeals: readonly OpenAppeal[];
  /** How often each route was used in four weeks, small counts left out. */
  usage: readonly { feature: string; ok: number; refused: number; failed: number }[];
}

/** A form of one button that says what it does; `field`: what it asks for besides. */
function Act({
  page,
  to,
  what,
  label,
  field,
  destructive,
}: {
  page: Page;
  to: string;
  what: Record<string, string>;
  label: string;
  field?: { name: string; label: string };
  destructive?: boolean;
}) {
  return (
    <form method="post" action={href(page, to)} class="stack" novalidate>
      {Object.entries(what).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {field === undefined ? null : (
        <Field
          name={field.name}
          id={`${to.split("/").at(-1)}-${Object.values(what).join("-")}`}
          label={field.label}
          required
          maxLength={2000}
        />
      )}
      <p>
        <Button label={label} kind={destructive ? "destructive" : "quiet"} />
      </p>
    </form>
  );
}

function Requests({ page, requests }: { page: Page; requests: readonly PrivacyRequest[] }) {
  const t = operatorText[page.language];
  return (
    <>
      {requests.map(({ requestId, kind, details, dueAtMs, identityCheckedAtMs, extensionReason }) => {
        const to = `/operator/requests/${requestId}`;
        return (
          <section class="stack">
            <h3>
              <span class="instrument">{kind}</span> · {t.due} <Moment page={page} ms={dueAtMs} />
            </h3>
            <p>{details}</p>
            {identityCheckedAtMs === null ? (
              <>
                <p>{t.unchecked}</p>
                <Act
                  page={page}
                  to={to}
                  what={{ do: "check-identity" }}
                  label={t.check}
                  field={{ name: "how", label: t.how }}
                />
              </>
            ) : (
              <Act
                page={page}
                to={to}
                what={{ do: "answer" }}
                label={t.send}
                field={{ name: "answer", label: t.answer }}
              />
            )}
            {extensionReason === null ? (
              <Act
                page={page}
                to={to}
                what={{ do: "extend" }}
                label={t.extend}
                field={{ name: "reason", label: t.reason }}
              />
            ) : null}
          </section>
        );
      })}
    </>
  );
}

function Breaches({ page, breaches }: { page: Page; breaches: readonly Breach[] }) {
  const t = operatorText[page.language];
  const many = (count: number) => number(page.language, count);
  return (
    <>
      {breaches.map(({ breachId, whatHappened, affected, told, notices }) => {
        const to = `/operator/breaches/${breachId}`;
        return (
          <section class="stack">
            <h3>{whatHappened}</h3>
            <p>{t.affected(many(affected), many(told))}</p>
            {notices.map(({ notice, law, dueAtMs, sentAtMs, proof, draft }) => (
              <div class="stack">
                <p>
                  <span class="instrument">{notice}</span> ({law}):{" "}
                  {sentAtMs !== null ? (
                    <>
                      {t.sent} <Moment page={page} ms={sentAtMs} />, {proof}
                    </>
                  ) : (
                    <>
                      {t.due} {dueAtMs === null ? "–" : <Moment page={page} ms={dueAtMs} />}
                    </>
                  )}
                </p>
                {sentAtMs !== null ? null : (
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
            ))}
          </section>
        );
      })}
    </>
  );
}

const Counts = ({ page, label, counts }: { page: Page; label: string; counts: OperatorProps["queues"] }) => (
  <Table label={label} columns={operatorText[page.language].columns}>
    {counts.map(({ name, count }) => (
      <tr>
        <th scope="row" class="instrument">
          {name}
        </th>
        <td class="instrument">{number(page.language, count)}</td>
      </tr>
    ))}
  </Table>
);

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
      <Labelled name={`ground-${reportId}`} label={t.ground}>
        <select id={`ground-${reportId}`} name="ground">
          {grounds.map((ground) => (
            <option value={ground}>{said.grounds[ground]}</option>
          ))}
        </select>
      </Labelled>
      <Field name="facts" id={`facts-${reportId}`} label={t.facts} required maxLength={4000} />
      <p>
        <Button label={t.decide} kind="quiet" />
      </p>
    </form>
  );
}

function Appeals({ page, appeals }: { page: Page; appeals: readonly OpenAppeal[] }) {
  const t = operatorText[page.language];
  const said = decisionText[page.language];
  return (
    <>
      {appeals.map(({ appealId, side, measure, facts, text, createdAtMs }) => (
        <section class="stack">
          <h3>
            {said.sides[side]} · {dateTime(page.language, createdAtMs)}
          </h3>
          <p>
            {said.measures[measure]} {facts}
          </p>
          <p>{text}</p>
          {(["uphold", "reverse"] as const).map((what) => (
            <Act
              page={page}
              to={`/operator/appeals/${appealId}`}
              what={{ do: what }}
              label={t[what]}
              field={{ name: "answer", label: t.answer }}
            />
          ))}
        </section>
      ))}
    </>
  );
}

/** Investigations that keep something, and the two forms that begin one. */
function Holds({ page, holds }: { page: Page; holds: readonly Hold[] }) {
  const t = operatorText[page.language];
  const day = (name: string, label: string) => (
    <Field name={name} id={`hold-${name}`} label={label} type="date" required />
  );
  return (
    <>
      {holds.length === 0 ? <p class="soft">{t.nothing}</p> : null}
      {holds.map(({ holdId, reason, owner, displayName, logsFromMs, logsToMs, reviewAtMs }) => (
        <section class="stack">
          <h3>
            {displayName ?? t.log(dateTime(page.language, logsFromMs ?? 0), dateTime(page.language, logsToMs ?? 0))} ·{" "}
            {reviewAtMs <= page.nowMs ? t.overdue : t.review} <Moment page={page} ms={reviewAtMs} show="day" />
          </h3>
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
        </section>
      ))}
      <form method="post" action={href(page, "/operator/holds")} class="stack" novalidate>
        <h3>{t.holdAccount}</h3>
        <input type="hidden" name="what" value="account" />
        <Field name="email" id="hold-email" label={t.email} type="email" required />
        <Field name="reason" id="hold-reason" label={t.holdReason} required maxLength={2000} />
        {day("reviewAt", t.nextReview)}
        <p>
          <Button label={t.hold} kind="quiet" />
        </p>
      </form>
      <form method="post" action={href(page, "/operator/holds")} class="stack" novalidate>
        <h3>{t.holdLogs}</h3>
        <input type="hidden" name="what" value="logs" />
        {day("from", t.from)}
        {day("to", t.to)}
        <Field name="reason" id="hold-log-reason" label={t.holdReason} required maxLength={2000} />
        <Field name="reviewAt" id="hold-log-review" label={t.nextReview} type="date" required />
        <p>
          <Button label={t.hold} kind="quiet" />
        </p>
      </form>
    </>
  );
}

const Usage = ({ page, usage }: { page: Page; usage: OperatorProps["usage"] }) => (
  <Table label={operatorText[page.language].usage} columns={operatorText[page.language].usageColumns}>
    {usage.map(({ feature, ok, refused, failed }) => (
      <tr>
        <th scope="row" class="instrument">
          {feature}
        </th>
        {[ok, refused, failed].map((count) => (
          <td class="instrument">{number(page.language, count)}</td>
        ))}
      </tr>
    ))}
  </Table>
);

/** Everything that waits for a person of ours, on one page. */
export function OperatorPage({
  page,
  name,
  outcome,
  requests,
  reports,
  breaches,
  overdue,
  queues,
  usage,
  holds,
  appeals,
}: OperatorProps) {
  const t = operatorText[page.language];
  const nothing = <p class="soft">{t.nothing}</p>;
  return (
    <Layout page={page} title={t.title} hidden>
      <section class="stack">
        <h1>{t.title}</h1>
        <p>{name}</p>
        {outcome === null ? null : <p role="status">{outcome === "done" ? t.done : t.refused}</p>}
        <Act page={page} to="/operator/sign-out" what={{}} label={t.signOut} />
      </section>
      <section class="stack">
        <h2>{t.requests}</h2>
        {requests.length === 0 ? nothing : <Requests page={page} requests={requests} />}
      </section>
      <section class="stack">
        <h2>{t.reports}</h2>
        {reports.length === 0 ? nothing : null}
        {reports.map(({ accountId, displayName, reports: count, reporters, oldestAtMs, newestAtMs, shown }) => (
          <section class="stack" id={accountId}>
            <h3>
              {displayName}: {t.reported(number(page.language, count), number(page.language, reporters))} ·{" "}
              <Moment page={page} ms={oldestAtMs} />
            </h3>
            {shown.map(({ reason, details }) => (
              <p>
                <span class="instrument">{reason}</span> {details}
              </p>
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
                <Act
                  page={page}
                  to={`/operator/reports/${reportId}`}
                  what={{ do: "delete-account" }}
                  label={t.deleteAccount}
                  destructive
                />
              </>
            ))}
          </section>
        ))}
      </section>
      <section class="stack">
        <h2>{t.appeals}</h2>
        {appeals.length === 0 ? nothing : <Appeals page={page} appeals={appeals} />}
      </section>
      <section class="stack">
        <h2>{t.breaches}</h2>
        {breaches.length === 0 ? nothing : <Breaches page={page} breaches={breaches} />}
      </section>
      <section class="stack">
        <h2>{t.holds}</h2>
        <Holds page={page} holds={holds} />
      </section>
      <section class="stack">
        <h2>{t.retention}</h2>
        {overdue.length === 0 ? nothing : <Counts page={page} label={t.retention} counts={overdue} />}
      </section>
      <section class="stack">
        <h2>{t.queue}</h2>
        <Counts page={page} label={t.queue} counts={queues} />
      </section>
      <section class="stack">
        <h2>{t.usage}</h2>
        {usage.length === 0 ? nothing : <Usage page={page} usage={usage} />}
      </section>
    </Layout>
  );
}

/** The operators' own way in. */
export function OperatorSignIn({ page, isWrong }: { page: Page; isWrong: boolean }) {
  const t = operatorText[page.language];
  return (
    <Layout page={page} title={t.signIn} hidden>
      <section class="stack">
        <h1>{t.signIn}</h1>
        <p>{t.signInLead}</p>
        {isWrong ? (
          <p class="problem" role="alert">
            {t.wrong}
          </p>
        ) : null}
        <form method="post" action={href(page, "/operator/sign-in")} class="stack" novalidate>
          <Field name="key" label={t.key} type="password" autocomplete="off" required maxLength={100} />
          <Field name="code" label={t.code} autocomplete="one-time-code" required maxLength={6} />
          <p>
            <Button label={t.signIn} />
          </p>
        </form>
      </section>
    </Layout>
  );
}
