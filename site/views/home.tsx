import { figures } from "../built/figures.ts";
import { Layout } from "../design/layout.tsx";
import { href, type Page } from "../design/page.ts";
import { waveform } from "../design/waveform.ts";
import { decimal } from "../i18n/format.ts";
import { homeText } from "../i18n/home.ts";
import { DelayLine } from "./delay-line.tsx";
import { instrumentName, often } from "./hub/parts.tsx";

const drums = waveform(480, 20, 6, 7);
const bass = waveform(480, 40, 22, 1_981);
const FIRST_BAR = 17;
const bars = Array.from({ length: 12 }, (_, index) => FIRST_BAR + index);
/** The bar at which both begin to record; the flag on the ruler. */
const RECORD_BAR = 20;

interface StudioProps {
  person: number;
  kind: "here" | "there";
  name: string;
  role: string;
  path: string;
}

function Studio({ person, kind, name, role, path }: StudioProps) {
  return (
    <div class={`studio ${kind} person-${person}`}>
      <header>
        <span>{name}</span>
        <span class="soft">{role}</span>
      </header>
      <div class="lane">
        <svg viewBox="0 0 480 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={path} stroke={`var(--person-${person})`} stroke-width="1.2" />
        </svg>
        <div class="playhead" />
      </div>
    </div>
  );
}

/** Two studios under one playhead, moving. Everything in it is drawn here; who wants no motion sees it at rest. */
function Studios({ page }: { page: Page }) {
  const t = homeText[page.language];
  return (
    <div class="panel studios" role="img" aria-label={t.picture}>
      <div aria-hidden="true">
        <div class="ruled">
          {bars.map((bar) => (
            <span class={bar === RECORD_BAR ? "flag" : undefined}>{bar === RECORD_BAR ? `● ${bar}` : bar}</span>
          ))}
        </div>
        <Studio person={1} kind="here" name={t.here} role={t.hereRole} path={drums} />
        <Studio person={2} kind="there" name={t.there} role={t.thereRole} path={bass} />
        <div class="clock">
          <span class="motion">
            <strong class="rolling">▶ {t.rolling}</strong>
            <strong class="recording">● {t.recording}</strong>
          </span>
          <span class="instrument bar">{t.bar} </span>
          <span class="instrument soft">{decimal(page.language, 120, 1)} BPM</span>
        </div>
      </div>
    </div>
  );
}

function Measured({ page }: { page: Page }) {
  const t = homeText[page.language];
  const shown: [value: string, unit: string, sentence: string][] = [
    [
      decimal(page.language, figures.studioLaneMs, 1),
      "ms",
      t.figures.sound(decimal(page.language, figures.studioLaneP95Ms, 1)),
    ],
    [decimal(page.language, figures.transportMs, 2), "ms", t.figures.transport],
    [decimal(page.language, figures.takeMs, 2), "ms", t.figures.take],
    ["0", t.bytes, t.figures.unshared],
  ];
  return (
    <section class="measured">
      <div class="stack">
        <h2>{t.measured}</h2>
        <p class="lead">{t.measuredLead}</p>
      </div>
      <DelayLine
        label={t.delay(decimal(page.language, figures.studioLaneMs, 1))}
        zones={t.zones}
        marks={[
          { atMs: 14.6, label: t.air, value: `${decimal(page.language, 14.6, 1)} ms` },
          {
            atMs: figures.studioLaneMs,
            label: t.lane,
            value: `${decimal(page.language, figures.studioLaneMs, 1)} ms`,
            isOurs: true,
          },
        ]}
      />
      <dl class="figures">
        {shown.map(([value, unit, sentence]) => (
          <div>
            <dt>{sentence}</dt>
            <dd>
              {value} <small>{unit}</small>
            </dd>
          </div>
        ))}
      </dl>
      <p class="soft">
        {t.proof} <code class="instrument">npm run demo</code>
      </p>
    </section>
  );
}

/** What the product does, shown rather than said. */
export function Home({ page }: { page: Page }) {
  const t = homeText[page.language];
  const start = page.account === null ? { to: "/sign-up", label: t.open } : { to: "/sessions", label: t.sessions };
  return (
    <Layout page={page} title={t.title} description={t.lead}>
      <section class="hero">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <div class="actions">
          <a class="button" href={href(page, start.to)}>
            {start.label}
          </a>
          <a class="button quiet" href={href(page, "/help")}>
            {t.how}
          </a>
        </div>
      </section>
      <Studios page={page} />
      <section class="columns">
        {t.points.map(([title, sentence]) => (
          <div class="stack">
            <h2>{title}</h2>
            <p class="soft">{sentence}</p>
          </div>
        ))}
      </section>
      <Measured page={page} />
      <section class="teaser">
        <div class="stack">
          <h2>{t.hub}</h2>
          <p class="soft">{t.hubLead}</p>
        </div>
        <div class="stack">
          <search>
            <form class="search-line" action="/hub" novalidate>
              {page.languageAsked ? <input type="hidden" name="lang" value={page.language} /> : null}
              <input type="search" name="q" aria-label={t.hubSearch} placeholder={t.hubExample} maxlength={100} />
              <button class="button" type="submit">
                {t.search}
              </button>
            </form>
          </search>
          <ul class="chips">
            {often.slice(0, 6).map((name) => (
              <li>
                <a href={href(page, `/hub?instrument=${encodeURIComponent(name)}`)}>
                  {instrumentName(page.language, name)}
                </a>
              </li>
            ))}
          </ul>
        </div>
      </section>
      {page.account === null ? (
        <section class="closing">
          <h2>{t.closing}</h2>
          <p class="lead">{t.closingLead}</p>
          <div class="actions">
            <a class="button" href={href(page, "/sign-up")}>
              {t.open}
            </a>
            <a class="button quiet" href={href(page, "/waitlist")}>
              {t.waitlist}
            </a>
          </div>
        </section>
      ) : null}
    </Layout>
  );
}
