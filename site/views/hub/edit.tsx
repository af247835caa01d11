import type { Child } from "hono/jsx";
import { currencyCodes } from "../../../protocol/currencies.ts";
import { availabilities, daws, type OwnProfile } from "../../../protocol/hub.ts";
import { SAMPLE_MAX_BYTES } from "../../../protocol/limits.ts";
import { ErrorSummary } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { hubText } from "../../i18n/hub.ts";
import { type ProfileProblem, profileText } from "../../i18n/profile.ts";
import { Confirm } from "../sessions/confirm.tsx";
import { instrumentOptions, languageOptions, Notice } from "./parts.tsx";
import { Sheet } from "./profile.tsx";

/** The form as it stands: what is stored, or what was typed and could not be. */
export interface Typed {
  daw: string;
  /** From the list. */
  instruments: readonly string[];
  others: string;
  languages: readonly string[];
  rate: string;
  currency: string;
  bio: string;
  availability: string;
}

export interface EditProfileProps {
  page: Page;
  profile: OwnProfile;
  typed: Typed;
  problems: readonly ProfileProblem[];
  blocks: readonly { blockId: string; displayName: string }[];
  good?: string | undefined;
  bad?: string | undefined;
  /** Where the form stands that `good` or `bad` is about; else it is said at the head of the page. */
  part?: ProfilePart | undefined;
}

/** The parts of the page that hold a form of their own. */
export const profileParts = ["sample", "blocked"] as const;
export type ProfilePart = (typeof profileParts)[number];

/** One's own profile: the form, and beside it what others see. Works without a script. */
export function EditProfile({ page, profile, typed, problems, blocks, good, bad, part }: EditProfileProps) {
  const t = profileText[page.language];
  const isPublished = profile.publishedAtMs !== null;
  const fieldOf = (name: ProfileProblem) =>
    name === "sampleSize" ? "sample" : name === "empty" ? "instruments" : name;
  const said = Object.fromEntries(problems.map((name) => [fieldOf(name), t.problems[name]]));
  const isStored = problems.every((name) => name === "sample" || name === "sampleSize");
  const notice = <Notice good={good} bad={bad} />;
  return (
    <Layout page={page} title={t.title} styles={["hub.css"]} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </header>
      {part === undefined ? notice : null}
      <ErrorSummary page={page} problems={said} />
      <Publication page={page} profile={profile} />
      <div class="edit">
        <div class="edit-work">
          <ProfileForm page={page} typed={typed} said={said} />
          <SoundForm page={page} hasSample={profile.hasSample} problem={said.sample}>
            {part === "sample" ? notice : null}
          </SoundForm>
          <section class="stack edit-part">
            <h2>{t.deleteTitle}</h2>
            <p class="soft">{t.deleteNote}</p>
            <a class="button destructive" href={href(page, "/account/profile/delete")}>
              {t.delete}
            </a>
          </section>
          {blocks.length === 0 && part !== "blocked" ? null : (
            <Blocks page={page} blocks={blocks}>
              {part === "blocked" ? notice : null}
            </Blocks>
          )}
        </div>
        {isStored && profile.profileId !== null ? (
          <aside class="edit-preview" aria-label={isPublished ? t.preview : t.previewPrivate}>
            <p class="small soft instrument">{isPublished ? t.preview : t.previewPrivate}</p>
            <div class="panel">
              <Sheet
                page={page}
                profile={{ ...profile, profileId: profile.profileId }}
                sampleHref="/account/profile/sample"
                heading="h3"
              />
            </div>
          </aside>
        ) : null}
      </div>
    </Layout>
  );
}

/** Whether anybody sees it, and the one switch that changes that: a button of the form below, which is saved with it. */
function Publication({ page, profile }: { page: Page; profile: OwnProfile }) {
  const t = profileText[page.language];
  const isPublished = profile.publishedAtMs !== null;
  return (
    <section class="panel publication">
      <div>
        <strong class={`free ${isPublished ? "open" : "closed"}`}>{isPublished ? t.isPublished : t.isPrivate}</strong>
        <p class="soft">
          {profile.publishedAtMs === null ? (
            t.isPrivateNote
          ) : (
            <>
              {t.isPublishedNote} <Moment page={page} ms={profile.publishedAtMs} show="day" />
            </>
          )}
        </p>
      </div>
      <div class="actions">
        {isPublished ? (
          <a class="button quiet" href={href(page, `/hub/${profile.profileId}`)}>
            {t.see}
          </a>
        ) : null}
        <button
          class={`button ${isPublished ? "quiet" : ""}`}
          type="submit"
          form="profile"
          name="publication"
          value={isPublished ? "withdraw" : "publish"}
        >
          {isPublished ? t.unpublish : t.publish}
        </button>
      </div>
    </section>
  );
}

function Group({
  legend,
  hint,
  id,
  problem,
  children,
}: {
  legend: string;
  hint: string;
  id: string;
  problem?: string | undefined;
  children: Child;
}) {
  return (
    <fieldset class="stack" id={id} aria-describedby={`${id}-hint`}>
      <legend>{legend}</legend>
      <p class="small soft" id={`${id}-hint`}>
        {hint}
      </p>
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      {children}
    </fieldset>
  );
}

function Ticks({
  name,
  options,
  chosen,
}: {
  name: string;
  options: readonly (readonly [string, string])[];
  chosen: readonly string[];
}) {
  return (
    <div class="ticks">
      {options.map(([value, label]) => (
        <label>
          <input type="checkbox" name={name} value={value} checked={chosen.includes(value)} />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}

function ProfileForm({ page, typed, said }: { page: Page; typed: Typed; said: Record<string, string> }) {
  const t = profileText[page.language];
  const instruments = instrumentOptions(page.language);
  const languages = languageOptions(page.language);
  const problem = (name: string) =>
    said[name] === undefined ? null : (
      <p class="problem" id={`${name}-problem`}>
        {said[name]}
      </p>
    );
  const invalid = (name: string) => (said[name] === undefined ? undefined : "true");
  return (
    <form class="stack edit-part" id="profile" method="post" action={href(page, "/account/profile")} novalidate>
      <Group legend={t.play} hint={t.playHint} id="instruments" problem={said.instruments}>
        <Ticks name="instrument" options={instruments} chosen={typed.instruments} />
        <div class="field long">
          <label for="others">{t.others}</label>
          <p class="small soft" id="others-hint">
            {t.othersHint}
          </p>
          <input id="others" name="others" value={typed.others} aria-describedby="others-hint" dir="auto" />
        </div>
      </Group>
      <div class="edit-row">
        <div class="field">
          <label for="daw">{t.daw}</label>
          {problem("daw")}
          <input id="daw" name="daw" list="daws" value={typed.daw} aria-invalid={invalid("daw")} />
          <datalist id="daws">
            {daws.map((name) => (
              <option value={name} />
            ))}
          </datalist>
        </div>
        <div class="field">
          <label for="rate">{t.rate}</label>
          {problem("rate")}
          <div class="amount">
            <input
              id="rate"
              name="rate"
              inputmode="decimal"
              value={typed.rate}
              aria-describedby="rate-hint"
              aria-invalid={invalid("rate")}
            />
            <select name="currency" aria-label={t.currency}>
              {currencyCodes.map((code) => (
                <option value={code} selected={code === typed.currency}>
                  {code}
                </option>
              ))}
            </select>
          </div>
          <p class="small soft" id="rate-hint">
            {t.rateHint}
          </p>
        </div>
      </div>
      <fieldset class="choice" id="availability">
        <legend>{t.availability}</legend>
        {problem("availability")}
        {[...availabilities, ""].map((value) => (
          <label>
            <input type="radio" name="availability" value={value} checked={value === typed.availability} />
            <span>
              {value === ""
                ? t.unsaid
                : hubText[page.language].availabilities[value as (typeof availabilities)[number]]}
            </span>
          </label>
        ))}
      </fieldset>
      <Group legend={t.languages} hint={t.languagesHint} id="languages" problem={said.languages}>
        <Ticks name="language" options={languages} chosen={typed.languages} />
      </Group>
      <div class="field long">
        <label for="bio">{t.bio}</label>
        <p class="small soft" id="bio-hint">
          {t.bioHint}
        </p>
        {problem("bio")}
        <textarea id="bio" name="bio" rows={7} aria-describedby="bio-hint" aria-invalid={invalid("bio")} dir="auto">
          {typed.bio}
        </textarea>
      </div>
      <button class="button" type="submit">
        {t.save}
      </button>
    </form>
  );
}

function SoundForm({
  page,
  hasSample,
  problem,
  children,
}: {
  page: Page;
  hasSample: boolean;
  problem: string | undefined;
  children: Child;
}) {
  const t = profileText[page.language];
  return (
    <section class="stack edit-part" id="sample">
      <h2>{t.soundTitle}</h2>
      <p class="soft">{t.soundHint}</p>
      {children}
      <form
        class="stack"
        method="post"
        action={href(page, "/account/profile/sample#sample")}
        enctype="multipart/form-data"
        novalidate
      >
        <div class="field">
          <label for="file">{t.file}</label>
          <p class="problem" id="file-problem" role="alert" hidden={problem === undefined}>
            {problem}
          </p>
          <input
            id="file"
            name="file"
            type="file"
            required
            accept="audio/*,.opus"
            aria-describedby="file-problem"
            data-max={SAMPLE_MAX_BYTES}
            data-too-large={t.problems.sampleSize}
          />
        </div>
        <button class="button quiet" type="submit">
          {t.upload}
        </button>
      </form>
      {hasSample ? (
        <a class="button destructive" href={href(page, "/account/profile/sample/delete")}>
          {t.removeSound}
        </a>
      ) : null}
    </section>
  );
}

function Blocks({ page, blocks, children }: { page: Page; blocks: EditProfileProps["blocks"]; children: Child }) {
  const t = profileText[page.language];
  return (
    <section class="stack edit-part" id="blocked">
      <h2>{t.blocked}</h2>
      <p class="soft">{t.blockedNote}</p>
      {children}
      <ul class="rows">
        {blocks.map(({ blockId, displayName }) => (
          <li>
            <span dir="auto">{displayName}</span>
            <form method="post" action={href(page, "/account/profile/unblock")}>
              <button class="button quiet small" type="submit" name="blockId" value={blockId}>
                {t.lift}
              </button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Before the profile goes: what goes with it, and what stays. */
export function ConfirmNoProfile({ page }: { page: Page }) {
  const t = profileText[page.language];
  const here = "/account/profile";
  return (
    <Confirm page={page} title={t.deleteAsk} action={`${here}/delete`} yes={t.delete} no={t.keep} back={here}>
      <p class="lead">{t.deleteNote}</p>
    </Confirm>
  );
}

/** Before the sound goes. */
export function ConfirmNoSound({ page }: { page: Page }) {
  const t = profileText[page.language];
  const here = "/account/profile";
  return (
    <Confirm
      page={page}
      title={t.soundAsk}
      action={`${here}/sample/delete`}
      yes={t.removeSound}
      no={t.keep}
      back={here}
    >
      <p class="lead">{t.soundGoes}</p>
    </Confirm>
  );
}
