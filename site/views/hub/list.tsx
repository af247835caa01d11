import { currencyCodes } from "../../../protocol/currencies.ts";
import { availabilities, daws, type HubPage, type HubQuery, type PublicProfile } from "../../../protocol/hub.ts";
import { knownInstruments } from "../../../protocol/instruments.ts";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { hubText } from "../../i18n/hub.ts";
import {
  AvailabilityTag,
  Clips,
  instrumentName,
  languageNames,
  languageOptions,
  Notice,
  often,
  RateTag,
  wordFor,
} from "./parts.tsx";

/** What the form was sent with: as it was typed, whether it could be read or not. */
export type Asked = Partial<
  Record<"q" | "instrument" | "daw" | "language" | "availability" | "rate" | "currency", string>
>;

export interface HubProps {
  page: Page;
  asked: Asked;
  query: HubQuery | null;
  found: HubPage;
  good?: string | undefined;
}

/** An address of the Hub with these conditions. */
function hubPath(page: Page, asked: Asked, cursor?: string): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== "" && value !== undefined) search.set(name, value);
  if (cursor !== undefined) search.set("cursor", cursor);
  return href(page, search.size === 0 ? "/hub" : `/hub?${search}`);
}

/** The Hub: a search, and who it finds, each on a track of their own. */
export function Hub({ page, asked, query, found, good }: HubProps) {
  const t = hubText[page.language];
  const isNarrow = Object.entries(asked).some(
    ([name, value]) => value !== "" && value !== undefined && name !== "currency",
  );
  const isFurther = query?.cursor !== undefined;
  return (
    <Layout page={page} title={t.title} description={t.description} hidden={isNarrow || isFurther} styles={["hub.css"]}>
      <section class="hub-head">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </section>
      <Notice good={good} bad={query === null ? t.problem : undefined} />
      <search class="stack">
        <Search page={page} asked={asked} isOpen={query === null} />
        <Chosen page={page} asked={asked} />
      </search>
      <section class="hub-list" aria-label={t.title}>
        {found.corrected.map(({ typed, sought }) => (
          <p class="note">
            {t.corrected(typed, sought.map((word) => t.quoted(wordFor(page.language, word))).join(t.or))}
          </p>
        ))}
        {found.dropped.length === 0 || found.items.length === 0 ? null : (
          <p class="note">{t.dropped(found.dropped.map(t.quoted).join(t.and))}</p>
        )}
        {query === null ? null : found.items.length === 0 ? (
          <Nobody page={page} isNarrow={isNarrow} isFurther={isFurther} />
        ) : (
          <>
            <p class="hub-order small soft instrument">{(asked.q ?? "") === "" ? t.newest : t.nearest}</p>
            <ol class="tracks">
              {found.items.map((profile) => (
                <Track page={page} profile={profile} />
              ))}
            </ol>
          </>
        )}
        <nav class="actions" aria-label={t.further}>
          {isFurther ? (
            <a class="button quiet" href={hubPath(page, asked)}>
              {t.back}
            </a>
          ) : null}
          {found.nextCursor === null ? null : (
            <a class="button" rel="next" href={hubPath(page, asked, found.nextCursor)}>
              {t.further}
            </a>
          )}
        </nav>
      </section>
    </Layout>
  );
}

/** One person on the list: head, clips and words, and what an hour costs. */
export function Track({ page, profile }: { page: Page; profile: PublicProfile }) {
  const t = hubText[page.language];
  const { profileId, displayName, daw, instruments, languages, rate, bio, availability, hasSample, accent } = profile;
  return (
    <li class={`track person-${accent}`}>
      <div class="track-head">
        <h2 dir="auto">
          <a href={href(page, `/hub/${profileId}`)}>{displayName}</a>
        </h2>
        <AvailabilityTag page={page} availability={availability} />
      </div>
      <div class="track-lane">
        <Clips page={page} instruments={instruments} />
        {bio === null ? null : (
          <p class="track-words" dir="auto">
            {bio}
          </p>
        )}
      </div>
      <div class="track-facts small soft">
        <RateTag page={page} rate={rate} />
        {daw === null ? null : <span dir="auto">{daw}</span>}
        {languages.length === 0 ? null : <span>{languageNames(page, languages)}</span>}
        {hasSample ? <span class="heard">▶ {t.hasSample}</span> : null}
      </div>
    </li>
  );
}

function Nobody({ page, isNarrow, isFurther }: { page: Page; isNarrow: boolean; isFurther: boolean }) {
  const t = hubText[page.language];
  const all = [href(page, "/hub"), t.clear] as const;
  const [title, sentence, [next, label]] = isFurther
    ? [t.pastTitle, t.pastSentence, all]
    : isNarrow
      ? [t.noneTitle, t.noneSentence, all]
      : [t.emptyTitle, t.emptySentence, [href(page, "/account/profile"), t.emptyNext] as const];
  return (
    <div class="stack">
      <h2>{title}</h2>
      <p class="lead">{sentence}</p>
      <a class="button" href={next}>
        {label}
      </a>
    </div>
  );
}

function Search({ page, asked, isOpen }: { page: Page; asked: Asked; isOpen: boolean }) {
  const t = hubText[page.language];
  const languages = languageOptions(page.language);
  const choice = (value: string, label: string, chosen: string | undefined) => (
    <option value={value} selected={value === chosen}>
      {label}
    </option>
  );
  return (
    <form class="hub-search" method="get" action="/hub" novalidate>
      {page.languageAsked ? <input type="hidden" name="lang" value={page.language} /> : null}
      <div class="hub-words">
        <label class="hidden" for="q">
          {t.search}
        </label>
        <input id="q" name="q" type="search" value={asked.q} placeholder={t.example} maxlength={120} />
        <button class="button" type="submit">
          {t.find}
        </button>
      </div>
      <details class="narrow" open={isOpen}>
        <summary>{t.narrow}</summary>
        <div class="narrow-fields">
          <div class="field">
            <label for="instrument">{t.instrument}</label>
            <input id="instrument" name="instrument" list="instruments" value={asked.instrument} placeholder={t.any} />
            <datalist id="instruments">
              {knownInstruments.map((name) => (
                <option value={instrumentName(page.language, name)} />
              ))}
            </datalist>
          </div>
          <div class="field">
            <label for="daw">{t.daw}</label>
            <input id="daw" name="daw" list="daws" value={asked.daw} placeholder={t.any} />
            <datalist id="daws">
              {daws.map((name) => (
                <option value={name} />
              ))}
            </datalist>
          </div>
          <div class="field">
            <label for="language">{t.language}</label>
            <select id="language" name="language">
              {choice("", t.any, asked.language)}
              {languages.map(([code, name]) => choice(code, name, asked.language))}
            </select>
          </div>
          <div class="field">
            <label for="availability">{t.availability}</label>
            <select id="availability" name="availability">
              {choice("", t.any, asked.availability)}
              {availabilities.map((value) => choice(value, t.availabilities[value], asked.availability))}
            </select>
          </div>
          <div class="field">
            <label for="rate">{t.rate}</label>
            <div class="amount">
              <input id="rate" name="rate" inputmode="decimal" value={asked.rate} placeholder={t.any} maxlength={12} />
              <select name="currency" aria-label={t.currency}>
                {currencyCodes.map((code) => choice(code, code, asked.currency))}
              </select>
            </div>
          </div>
        </div>
      </details>
    </form>
  );
}

/** What the list is narrowed to, each with a way out; or where one may begin. */
function Chosen({ page, asked }: { page: Page; asked: Asked }) {
  const t = hubText[page.language];
  const labels: [keyof Asked, string][] = [
    ["q", t.quoted(asked.q ?? "")],
    ["instrument", instrumentName(page.language, asked.instrument ?? "")],
    ["daw", asked.daw ?? ""],
    ["language", languageOptions(page.language).find(([code]) => code === asked.language)?.[1] ?? asked.language ?? ""],
    ["availability", t.availabilities[asked.availability as "open"] ?? ""],
    ["rate", `${t.upTo} ${asked.rate} ${asked.currency}${t.per}`],
  ];
  const chosen = labels.filter(([name]) => (asked[name] ?? "") !== "");
  return (
    <nav class="hub-chips" aria-label={chosen.length === 0 ? t.often : t.chosen}>
      <span class="small soft">{chosen.length === 0 ? t.often : t.chosen}</span>
      {chosen.map(([name, label]) => (
        <a class="hub-chip on" href={hubPath(page, { ...asked, [name]: undefined })}>
          <span dir="auto">{label}</span>
          <span aria-hidden="true">×</span>
          <span class="hidden">{t.remove}</span>
        </a>
      ))}
      {chosen.length === 0
        ? often.map((name) => (
            <a class="hub-chip" href={hubPath(page, { instrument: name })}>
              {instrumentName(page.language, name)}
            </a>
          ))
        : null}
    </nav>
  );
}
