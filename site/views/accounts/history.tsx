import type { AccountDetail } from "../../../protocol/accounts.ts";
import { Moment } from "../../design/moment.tsx";
import type { Page } from "../../design/page.ts";
import { accountText } from "../../i18n/account.ts";

/** When, on what and how the account was signed in to; what its owner does not know, they can answer. */
export function History({ page, events }: { page: Page; events: AccountDetail["signInHistory"] }) {
  const t = accountText[page.language];
  return (
    <section class="room" id="sign-ins">
      <header class="stack">
        <h2>{t.history}</h2>
        <p class="soft">{t.historyNote}</p>
      </header>
      {events.length === 0 ? <p class="soft">{t.historyNone}</p> : null}
      <ul class="rows">
        {events.map(({ method, label, atMs }) => (
          <li>
            <div>
              <strong>{t.methods[method]}</strong>
              <p class="small soft">
                {label}, <Moment page={page} ms={atMs} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
