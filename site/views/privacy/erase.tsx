import type { AccountErasure } from "../../../protocol/privacy.ts";
import { Deadline } from "../../design/deadline.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Table } from "../../design/table.tsx";
import { erasureText } from "../../i18n/erasure.ts";
import { date, number } from "../../i18n/format.ts";
import { holdingName } from "../../i18n/holdings.ts";
import { type FormProblem, ProblemNotice } from "./parts.tsx";

/** What goes and what stays: shown before the mail is asked for, and once more before the last button. */
function Fates({ page }: { page: Page }) {
  const t = erasureText[page.language];
  return (
    <>
      <div class="columns fates">
        <div class="stack">
          <h2>{t.goesTitle}</h2>
          <ul>
            {t.goes.map((one) => (
              <li>{one}</li>
            ))}
          </ul>
        </div>
        <div class="stack">
          <h2>{t.staysTitle}</h2>
          <ul>
            {t.stays.map((one) => (
              <li>{one}</li>
            ))}
          </ul>
        </div>
      </div>
      <p class="soft">{t.when}</p>
    </>
  );
}

/** `mailedTo`: the mail has been asked for. `problem`: it could not be, in words. */
export function EraseAccount({
  page,
  mailedTo,
  problem,
}: {
  page: Page;
  mailedTo: string | null;
  problem: FormProblem | null;
}) {
  const t = erasureText[page.language];
  return (
    <Layout page={page} title={t.title} hidden>
      <section class="stack confirm">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        {mailedTo === null ? null : (
          <p class="notice good" role="status">
            {t.mailed.replace("{email}", mailedTo)}
          </p>
        )}
        <ProblemNotice page={page} problem={problem} />
        <Fates page={page} />
        <form class="actions" method="post" action={href(page, "/account/erase")}>
          <button class="button destructive" type="submit">
            {t.ask}
          </button>
          <a class="button quiet" href={href(page, "/account/privacy")}>
            {t.back}
          </a>
        </form>
      </section>
    </Layout>
  );
}

/** Where the mailed link leads: looking deletes nothing, the button does. */
export function ConfirmErase({ page, token, isBad }: { page: Page; token: string; isBad: boolean }) {
  const t = erasureText[page.language];
  return (
    <Layout page={page} title={t.confirmTitle} hidden>
      <section class="stack confirm">
        <h1>{t.confirmTitle}</h1>
        {isBad ? (
          <>
            <p class="notice" role="alert">
              {t.linkInvalid}
            </p>
            <p>
              <a class="button" href={href(page, "/account")}>
                {t.toAccount}
              </a>
            </p>
          </>
        ) : (
          <>
            <p class="lead">{t.confirmLead}</p>
            <Fates page={page} />
            <form class="actions" method="post" action={href(page, "/account/erase/confirm")}>
              <input type="hidden" name="token" value={token} />
              <button class="button destructive" type="submit">
                {t.yes}
              </button>
              <a class="button quiet" href={href(page, "/account")}>
                {t.no}
              </a>
            </form>
          </>
        )}
      </section>
    </Layout>
  );
}

/** How far it has come, and the receipt: for whoever holds the address, which is random and named to nobody else. */
export function ErasureReceipt({ page, erasure }: { page: Page; erasure: AccountErasure }) {
  const t = erasureText[page.language];
  const { confirmedAtMs, dueAtMs, finishedAtMs } = erasure;
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{finishedAtMs === null ? t.running : t.finished}</h1>
        <p class="lead">{t.keep}</p>
        {erasure.heldUntilReviewAtMs === null ? null : (
          <p class="notice">
            {t.held} <Moment page={page} ms={erasure.heldUntilReviewAtMs} show="day" />.
          </p>
        )}
      </header>
      <Deadline page={page} words={t} askedAtMs={confirmedAtMs} dueAtMs={dueAtMs} finishedAtMs={finishedAtMs}>
        <dt>{t.progress}</dt>
        <dd class="instrument">{t.of(erasure.stepsDone, erasure.steps)}</dd>
      </Deadline>
      {erasure.receipt.length === 0 ? null : (
        <section class="stack">
          <h2>{t.receipt}</h2>
          <p class="soft">{t.receiptNote}</p>
          <Table label={t.receipt} columns={t.columns}>
            {erasure.receipt.map((line) => (
              <tr>
                <th scope="row">{holdingName(page.language, line.table)}</th>
                <td class="instrument">{number(page.language, line.count)}</td>
                <td>{t.how[line.how]}</td>
                <td class="small">{line.fields.join(", ")}</td>
              </tr>
            ))}
          </Table>
        </section>
      )}
      <section class="stack">
        <h2>{t.kept}</h2>
        <Table label={t.kept} columns={t.keptColumns}>
          {erasure.kept.map((line) => (
            <tr>
              <th scope="row">
                {t.keptWhat}
                <br />
                <span class="small soft">{line.what}</span>
              </th>
              <td>{t.laws[line.law] ?? line.law}</td>
              <td class="instrument">{date(page.language, line.untilMs)}</td>
            </tr>
          ))}
        </Table>
      </section>
      <p class="actions">
        {finishedAtMs === null ? (
          <a class="button" href={href(page, page.path)}>
            {t.again}
          </a>
        ) : null}
        <a class="button quiet" href={href(page, "/")}>
          {t.home}
        </a>
      </p>
    </Layout>
  );
}
