import type { Child } from "hono/jsx";
import type { AccountDetail } from "../../../protocol/accounts.ts";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Timeline } from "../../design/timeline.tsx";
import { accountText } from "../../i18n/account.ts";
import { dateTime } from "../../i18n/format.ts";

const MONTH_MS = 30 * 86_400_000;

/** Where a person is signed in, on one line of time, each with a way to send it off. Works without a script. */
export function Devices({
  page,
  signIns,
  children,
}: {
  page: Page;
  signIns: AccountDetail["signIns"];
  children?: Child;
}) {
  const t = accountText[page.language];
  const from = page.nowMs - MONTH_MS;
  return (
    <section class="room" id="devices">
      <header class="stack">
        <h2>{t.devices}</h2>
        <p class="soft">{t.devicesNote}</p>
      </header>
      <div class="room-work">
        {children}
        <div class="devices-line">
          <Timeline
            label={t.line}
            from={from}
            to={page.nowMs}
            ticks={[
              { at: from, label: t.ago },
              { at: page.nowMs, label: t.now },
            ]}
            marks={signIns.map((signIn) => ({
              at: signIn.lastUsedAtMs,
              label: `${signIn.label}, ${dateTime(page.language, signIn.lastUsedAtMs)}`,
              kind: signIn.isThis ? "here" : "there",
            }))}
          />
        </div>
        <ul class="rows">
          {signIns.map((signIn) => (
            <li>
              <div>
                <strong>{signIn.label}</strong> {signIn.isThis ? <span class="tag">{t.thisDevice}</span> : null}
                <p class="small soft">
                  {signIn.kind === "companion" ? t.companion : t.browser}, {t.used}{" "}
                  <Moment page={page} ms={signIn.lastUsedAtMs} />
                </p>
              </div>
              {signIn.isThis ? null : (
                <form method="post" action={href(page, "/account/sign-ins/end")}>
                  <input type="hidden" name="id" value={signIn.id} />
                  <button class="button quiet small" type="submit" aria-label={t.signOutOneSaid(signIn.label)}>
                    {t.signOutOne}
                  </button>
                </form>
              )}
            </li>
          ))}
        </ul>
        {signIns.length < 2 ? null : (
          <form method="post" action={href(page, "/account/sign-ins/end-others")}>
            <button class="button destructive" type="submit">
              {t.signOutOthers}
            </button>
          </form>
        )}
      </div>
    </section>
  );
}
