import { DAY_MS, RECORDING_RETENTION_MS } from "../../protocol/retention.ts";
import { Layout } from "../design/layout.tsx";
import { Linked } from "../design/linked.tsx";
import { href, type Page } from "../design/page.ts";
import { Timeline } from "../design/timeline.tsx";
import { days } from "../i18n/format.ts";
import { frontText } from "../i18n/front.ts";

function Parts({ parts }: { parts: readonly { title: string; text: string }[] }) {
  return (
    <div class="columns">
      {parts.map(({ title, text }) => (
        <section class="stack">
          <h2>{title}</h2>
          <p>
            <Linked text={text} />
          </p>
        </section>
      ))}
    </div>
  );
}

function Head({ title, lead }: { title: string; lead: string }) {
  return (
    <header class="stack">
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
    </header>
  );
}

/** What the companion is, what one needs for it, and how far it is. */
export function Companion({ page }: { page: Page }) {
  const t = frontText[page.language].companion;
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <Head title={t.title} lead={t.lead} />
      <Parts parts={t.parts} />
      <p class="actions">
        <a class="button" href={href(page, page.account === null ? "/sign-in?next=/device" : "/device")}>
          {t.signIn}
        </a>
        <a class="button quiet" href={href(page, "/help")}>
          {t.how}
        </a>
      </p>
    </Layout>
  );
}

/** How much of the line is drawn: beyond it lies what has no end. */
const SHOWN_MS = 45 * DAY_MS;

/** What plans hold and cost; the lengths are those that the sweep deletes by. */
export function Prices({ page }: { page: Page }) {
  const t = frontText[page.language].prices;
  const rows = (["free", "pro", "studio"] as const).map((tier) => {
    const keptMs = RECORDING_RETENTION_MS[tier];
    const name = `${tier.slice(0, 1).toUpperCase()}${tier.slice(1)}`;
    const kept = keptMs === null ? t.untilDeleted : days(page.language, keptMs);
    return { name, keptMs, kept, cost: tier === "free" ? t.free : t.later };
  });
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <Head title={t.title} lead={t.lead} />
      <Timeline
        label={t.picture}
        from={0}
        to={SHOWN_MS}
        ticks={[
          { at: 0, label: t.shared },
          ...[RECORDING_RETENTION_MS.free, RECORDING_RETENTION_MS.pro].map((ms) => ({
            at: ms,
            label: days(page.language, ms),
          })),
        ]}
        spans={rows.map(({ name, keptMs }, at) => ({
          from: 0,
          to: keptMs ?? SHOWN_MS,
          label: name,
          person: [1, 2, 4][at] ?? 1,
        }))}
        marks={[{ at: 0, label: t.shared, kind: "here" }]}
      />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.plan}</th>
              <th scope="col">{t.kept}</th>
              <th scope="col">{t.cost}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, kept, cost }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{kept}</td>
                <td>{cost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="stack">
        <p class="soft">{t.note}</p>
        {page.account === null ? (
          <a class="button" href={href(page, "/sign-up")}>
            {t.open}
          </a>
        ) : null}
      </div>
    </Layout>
  );
}

/** The agreement, who runs the site, and how a fault is reported. */
export function Paper({ page, name }: { page: Page; name: "terms" | "imprint" | "security" }) {
  const t = frontText[page.language][name];
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <Head title={t.title} lead={t.lead} />
      <Parts parts={t.parts} />
    </Layout>
  );
}
