import { type PrivacyRequest, requestKinds } from "../../../protocol/privacy.ts";
import { Button, Field, Labelled } from "../../design/form.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { operatorText } from "../../i18n/operator.ts";
import { centreText } from "../../i18n/privacy-centre.ts";
import { Act, Prose } from "./parts.tsx";

export function Requests({ page, requests }: { page: Page; requests: readonly PrivacyRequest[] }) {
  const t = operatorText[page.language];
  return (
    <>
      {requests.length === 0 ? <p class="soft">{t.nothing}</p> : null}
      {requests.map(({ requestId, kind, details, dueAtMs, identityCheckedAtMs, extensionReason }) => {
        const to = `/operator/requests/${requestId}`;
        return (
          <article class="panel stack">
            <header>
              <h3>{centreText[page.language].kinds[kind]}</h3>
              <p class="small soft">
                {t.due} <Moment page={page} ms={dueAtMs} />
              </p>
            </header>
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
          </article>
        );
      })}
      <Enter page={page} />
    </>
  );
}

/** What came by mail: whose it is, and the day on which it came, from which its month runs. */
function Enter({ page }: { page: Page }) {
  const t = operatorText[page.language];
  return (
    <details class="way">
      <summary>{t.enter}</summary>
      <form method="post" action={href(page, "/operator/requests")} class="stack" novalidate>
        <Labelled name="request-kind" label={t.what}>
          <select id="request-kind" name="kind">
            {requestKinds.map((kind) => (
              <option value={kind}>{centreText[page.language].kinds[kind]}</option>
            ))}
          </select>
        </Labelled>
        <Field name="email" id="request-email" label={t.email} type="email" required />
        <Field name="received" id="request-received" label={t.received} type="date" required />
        <Prose name="details" id="request-details" label={t.details} />
        <p>
          <Button label={t.enterIt} kind="quiet" />
        </p>
      </form>
    </details>
  );
}
