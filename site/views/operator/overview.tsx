import type { Breach } from "../../../protocol/breaches.ts";
import type { OpenAppeal } from "../../../protocol/decisions.ts";
import type { ReportedAccount } from "../../../protocol/hub.ts";
import type { Hold, PrivacyRequest } from "../../../protocol/privacy.ts";
import { Upshot } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Table } from "../../design/table.tsx";
import { number } from "../../i18n/format.ts";
import { holdingName } from "../../i18n/holdings.ts";
import { operatorText } from "../../i18n/operator.ts";
import { Breaches, type BreachTyped } from "./breaches.tsx";
import { Holds } from "./holds.tsx";
import { Part } from "./parts.tsx";
import { Appeals, Reports } from "./reports.tsx";
import { Requests } from "./requests.tsx";
import { type UsageDay, UsagePlot } from "./usage-plot.tsx";

/** What came of the last form: done; refused, since its turn was over or had not come; or what was typed does not fit. */
export const outcomes = ["noted", "refused", "amiss"] as const;

export interface OperatorProps {
  page: Page;
  name: string;
  outcome: (typeof outcomes)[number] | null;
  requests: readonly PrivacyRequest[];
  reports: readonly ReportedAccount[];
  breaches: readonly Breach[];
  /** Tables with people in them, and the form of a breach that did not fit. */
  tables: readonly string[];
  typed?: BreachTyped | undefined;
  /** Rows over their time, and what waits, by name. */
  overdue: readonly { name: string; count: number }[];
  queues: readonly { name: string; count: number }[];
  holds: readonly Hold[];
  appeals: readonly OpenAppeal[];
  /** How often each route was used in four weeks, small counts left out. */
  /** Each version of the policy that all accounts are written to about. */
  policyProofs: readonly PolicyProof[];
  usage: readonly { feature: string; ok: number; refused: number; failed: number }[];
  usageDays: readonly UsageDay[];
}

const Counts = ({ page, label, counts }: { page: Page; label: string; counts: OperatorProps["queues"] }) => (
  <Table label={label} columns={operatorText[page.language].columns}>
    {counts.map(({ name, count }) => (
      <tr>
        <th scope="row">{holdingName(page.language, name)}</th>
        <td class="instrument">{number(page.language, count)}</td>
      </tr>
    ))}
  </Table>
);

interface PolicyProof {
  version: number;
  startedAtMs: number;
  /** `null`: not everybody is written to yet. */
  finishedAtMs: number | null;
  told: number;
  sent: number;
  refused: number;
}

const PolicyProofs = ({ page, proofs }: { page: Page; proofs: readonly PolicyProof[] }) => (
  <Table label={operatorText[page.language].policy} columns={operatorText[page.language].policyColumns}>
    {proofs.map(({ version, startedAtMs, finishedAtMs, told, sent, refused }) => (
      <tr>
        <th scope="row" class="instrument">
          <a href={href(page, `/privacy/versions/${version}`)}>{version}</a>
        </th>
        <td>
          <Moment page={page} ms={startedAtMs} />
        </td>
        <td>{finishedAtMs === null ? "–" : <Moment page={page} ms={finishedAtMs} />}</td>
        {[told, sent, refused, told - sent - refused].map((count) => (
          <td class="instrument">{number(page.language, count)}</td>
        ))}
      </tr>
    ))}
  </Table>
);

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

/** Who is at the desk, and the way out. */
const Leave = ({ page, name }: { page: Page; name: string }) => (
  <form class="desk-leave" method="post" action={href(page, "/operator/sign-out")}>
    <span>{name}</span>
    <button class="button quiet small" type="submit">
      {operatorText[page.language].signOut}
    </button>
  </form>
);

/** Everything that waits for a person of ours, on one page; first how much of each there is. */
export function OperatorPage({
  page,
  name,
  outcome,
  requests,
  reports,
  breaches,
  tables,
  typed,
  overdue,
  queues,
  usage,
  usageDays,
  policyProofs,
  holds,
  appeals,
}: OperatorProps) {
  const t = operatorText[page.language];
  const nothing = <p class="soft">{t.nothing}</p>;
  const open = breaches.filter(({ closedAtMs }) => closedAtMs === null);
  const waiting = [
    { id: "requests", title: t.requests, count: requests.length },
    { id: "reports", title: t.reports, count: reports.length },
    { id: "appeals", title: t.appeals, count: appeals.length },
    { id: "breaches", title: t.breaches, count: open.length },
    { id: "holds", title: t.holds, count: holds.length },
  ];
  const isQuiet = [requests, reports, appeals, open].every(({ length }) => length === 0);
  return (
    <Layout
      page={page}
      title={t.title}
      desk={{ path: "/operator", name: t.title, controls: <Leave page={page} name={name} /> }}
      hidden
    >
      <h1>{isQuiet ? t.quiet : t.waits}</h1>
      {outcome === null ? null : <Upshot text={t.outcomes[outcome]} isBad={outcome !== "noted"} />}
      <nav class="actions" aria-label={t.queue}>
        {waiting.map(({ id, title, count }) => (
          <a class="button quiet small" href={`#${id}`}>
            {title} <span class="instrument">{number(page.language, count)}</span>
          </a>
        ))}
      </nav>
      <Part id="requests" title={t.requests}>
        <Requests page={page} requests={requests} />
      </Part>
      <Part id="reports" title={t.reports}>
        {reports.length === 0 ? nothing : <Reports page={page} reports={reports} />}
      </Part>
      <Part id="appeals" title={t.appeals}>
        {appeals.length === 0 ? nothing : <Appeals page={page} appeals={appeals} />}
      </Part>
      <Part id="breaches" title={t.breaches}>
        <Breaches page={page} breaches={breaches} tables={tables} typed={typed} />
      </Part>
      <Part id="holds" title={t.holds}>
        <Holds page={page} holds={holds} />
      </Part>
      <Part id="retention" title={t.retention}>
        {overdue.length === 0 ? nothing : <Counts page={page} label={t.retention} counts={overdue} />}
      </Part>
      <Part id="queue" title={t.queue}>
        <Counts page={page} label={t.queue} counts={queues} />
      </Part>
      <Part id="policy" title={t.policy}>
        {policyProofs.length === 0 ? nothing : <PolicyProofs page={page} proofs={policyProofs} />}
      </Part>
      <Part id="usage" title={t.usage}>
        {usage.length === 0 ? (
          nothing
        ) : (
          <>
            <UsagePlot page={page} days={usageDays} />
            <Usage page={page} usage={usage} />
          </>
        )}
      </Part>
    </Layout>
  );
}
