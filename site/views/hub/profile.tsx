import type { PublicProfile } from "../../../protocol/hub.ts";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { SIGNATURE_ROWS, SIGNATURE_STEPS, signaturePath } from "../../design/signature.ts";
import { hubText } from "../../i18n/hub.ts";
import { MessageForm } from "../messages/form.tsx";
import { AvailabilityTag, Clips, instrumentName, languageNames, Notice, RateTag } from "./parts.tsx";

/** What others see of a person, on their page and in the preview beside their form. */
export function Sheet({
  page,
  profile,
  sampleHref,
  heading = "h1",
}: {
  page: Page;
  profile: PublicProfile;
  sampleHref: string;
  heading?: "h1" | "h3";
}) {
  const t = hubText[page.language];
  const { profileId, displayName, daw, instruments, languages, rate, bio, availability, hasSample, accent } = profile;
  const Heading = heading;
  return (
    <article
      class={`sheet person-${accent}`}
      itemscope
      itemtype="https://schema.org/Person"
      itemid={`${page.origin}/hub/${profileId}`}
    >
      <header class="sheet-head">
        <Heading class="sheet-name" dir="auto" itemprop="name">
          {displayName}
        </Heading>
        <AvailabilityTag page={page} availability={availability} />
        <Clips page={page} instruments={instruments} />
      </header>
      <div class="sheet-lane" role="img" aria-label={t.signatureOf(displayName)}>
        <svg
          viewBox={`0 0 ${SIGNATURE_STEPS * 10} ${SIGNATURE_ROWS * 10}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <path d={signaturePath(profileId)} />
        </svg>
      </div>
      {hasSample ? (
        <figure class="sheet-sound">
          <figcaption class="small soft">{t.listen}</figcaption>
          {/* biome-ignore lint/a11y/useMediaCaption: music has no words to caption, and no file of them comes with it. */}
          <audio controls preload="none" src={sampleHref} aria-label={t.listenTo(displayName)} />
        </figure>
      ) : null}
      <div class="sheet-body">
        {bio === null ? (
          <p class="soft">{t.noBio(displayName)}</p>
        ) : (
          <p class="sheet-bio" dir="auto" itemprop="description">
            {bio}
          </p>
        )}
        <dl class="sheet-facts">
          {rate === null ? null : (
            <div>
              <dt>{t.hourly}</dt>
              <dd>
                <RateTag page={page} rate={rate} />
              </dd>
            </div>
          )}
          {daw === null ? null : (
            <div>
              <dt>{t.daw}</dt>
              <dd dir="auto">{daw}</dd>
            </div>
          )}
          {languages.length === 0 ? null : (
            <div>
              <dt>{t.languages}</dt>
              <dd>
                {languages.map((code) => (
                  <meta itemprop="knowsLanguage" content={code} />
                ))}
                {languageNames(page, languages)}
              </dd>
            </div>
          )}
        </dl>
      </div>
    </article>
  );
}

export interface ProfileProps {
  page: Page;
  profile: PublicProfile;
  /** Sessions that the reader hosts; `null` if nobody is signed in. */
  sessions: readonly { sessionId: string; name: string }[] | null;
  isOwn: boolean;
  /** The reader does not want to hear from this person: there is nothing to write, and one way back. */
  isBlocked: boolean;
  good?: string | undefined;
  /** Which form could not be sent, and why. */
  bad?: { form: "message" | "invite" | "page"; problem: string } | undefined;
  text?: string;
}

/** A person's page: who they are, then what one can do. */
export function Profile({ page, profile, sessions, isOwn, isBlocked, good, bad, text = "" }: ProfileProps) {
  const t = hubText[page.language];
  const { profileId, displayName, bio, instruments } = profile;
  const path = `/hub/${profileId}`;
  const about = bio ?? instruments.map((name) => instrumentName(page.language, name)).join(", ");
  return (
    <Layout
      page={{ ...page, path }}
      title={displayName}
      description={about.replaceAll(/\s+/g, " ").slice(0, 180)}
      image={`${page.origin}${path}/picture.png`}
      styles={["hub.css"]}
    >
      <Notice good={good} bad={bad?.form === "page" ? bad.problem : undefined} />
      <Sheet page={page} profile={profile} sampleHref={`${path}/sample`} />
      {isOwn ? (
        <section class="stack">
          <p class="soft">{t.thisIsYou}</p>
          <a class="button" href={href(page, "/account/profile")}>
            {t.edit}
          </a>
        </section>
      ) : sessions === null ? (
        <section class="stack">
          <a class="button" href={href(page, `/sign-in?next=${encodeURIComponent(path)}`)}>
            {t.signInFirst}
          </a>
          <p class="soft">{t.signInHint}</p>
          <p>
            <a href={href(page, `${path}/report`)}>{t.report}</a>
          </p>
        </section>
      ) : isBlocked ? (
        <section class="stack">
          <p class="soft">{t.isBlocked(displayName)}</p>
          <a class="button quiet" href={href(page, "/account/profile#blocked")}>
            {t.toBlocked}
          </a>
          <p>
            <a href={href(page, `${path}/report`)}>{t.report}</a>
          </p>
        </section>
      ) : (
        <Contact page={page} path={path} displayName={displayName} sessions={sessions} bad={bad} text={text} />
      )}
    </Layout>
  );
}

function Contact({
  page,
  path,
  displayName,
  sessions,
  bad,
  text,
}: {
  page: Page;
  path: string;
  displayName: string;
  sessions: readonly { sessionId: string; name: string }[];
  bad: ProfileProps["bad"];
  text: string;
}) {
  const t = hubText[page.language];
  return (
    <section class="contact">
      <MessageForm
        page={page}
        action={`${path}/message`}
        words={{ title: t.writeTo(displayName), hint: t.writeHint, label: t.message, send: t.send }}
        rows={6}
        bad={bad?.form === "message" ? bad.problem : undefined}
        text={text}
      />
      <div class="stack" id="invite">
        <h2>{t.inviteTo(displayName)}</h2>
        <p class="soft">{t.inviteHint}</p>
        {sessions.length === 0 ? (
          <>
            <p>{t.noSessions}</p>
            <a class="button quiet" href={href(page, "/sessions")}>
              {t.newSession}
            </a>
          </>
        ) : (
          <form class="stack" method="post" action={href(page, `${path}/invite`)} novalidate>
            <Notice bad={bad?.form === "invite" ? bad.problem : undefined} />
            <div class="field">
              <label for="sessionId">{t.session}</label>
              <select id="sessionId" name="sessionId">
                {sessions.map(({ sessionId, name }) => (
                  <option value={sessionId}>{name}</option>
                ))}
              </select>
            </div>
            <div class="field">
              <label for="role">{t.as}</label>
              <select id="role" name="role">
                <option value="participant">{t.roles.participant}</option>
                <option value="observer">{t.roles.observer}</option>
              </select>
            </div>
            <button class="button quiet" type="submit">
              {t.sendInvite}
            </button>
          </form>
        )}
      </div>
      <details class="way contact-more">
        <summary>{t.notYours}</summary>
        <form class="stack" method="post" action={href(page, `${path}/block`)}>
          <button class="button destructive" type="submit">
            {t.block}
          </button>
          <p class="soft">{t.blockHint(displayName)}</p>
          <a class="button quiet" href={href(page, `${path}/report`)}>
            {t.report}
          </a>
        </form>
      </details>
    </section>
  );
}
