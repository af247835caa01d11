import type { PrivacyRequest } from "../../../protocol/privacy.ts";
import { Moment } from "../../design/moment.tsx";
import type { Page } from "../../design/page.ts";
import { operatorText } from "../../i18n/operator.ts";
import { centreText } from "../../i18n/privacy-centre.ts";
import { Act } from "./parts.tsx";

export function Requests({ page, requests }: { page: Page; requests: readonly PrivacyRequest[] }) {
  const t = operatorText[page.language];
  return (
    <>
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
    </>
  );
}
