import type { Delivery } from "../../../protocol/deliveries.ts";
import { REQUEST_MAX_CHARS } from "../../../protocol/limits.ts";
import { type Consent, type Export, type PrivacyRequest, requestKinds } from "../../../protocol/privacy.ts";
import { Labelled, Upshot } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { Table } from "../../design/table.tsx";
import { Timeline } from "../../design/timeline.tsx";
import { number } from "../../i18n/format.ts";
import { holdingName } from "../../i18n/holdings.ts";
import { centreText } from "../../i18n/privacy-centre.ts";
import { type FormProblem, ProblemNotice } from "./parts.tsx";

/** The parts of the page that hold forms: each answers where it stands. */
export const centreParts = ["export", "restriction", "counting", "consents", "requests"] as const;
export type CentrePart = (typeof centreParts)[number];

export interface CentreProps {
  page: Page;
  held: readonly { name: string; count: number; purpose: string; until: string }[];
  exports: readonly Export[];
  requests: readonly PrivacyRequest[];
  restrictedAtMs: number | null;
  uncountedAtMs: number | null;
  deliveries: readonly Delivery[];
  consents: readonly Consent[];
  /** What the last form did, or why it could not, and in which part it stands. */
  said: { part: CentrePart | null; done: string | null; problem: FormProblem | null };
  /** A request that was refused. */
  typed?: { kind: string; details: string } | undefined;
}

function Copies({ page, exports }: { page: Page; exports: readonly Export[] }) {
  const t = centreText[page.language];
  return (
    <div class="stack">
      {exports.map(({ exportId, readyAtMs, expiresAtMs, archives, stepsDone, steps }) => (
        <div class="stack">
          <p>
            {readyAtMs === null ? (
              t.copyRunning(stepsDone, steps)
            ) : (
              <>
                {t.copyReady} <Moment page={page} ms={expiresAtMs} />
              </>
            )}
          </p>
          <p>
            {readyAtMs === null ? (
              <a class="button quiet" href={href(page, `${page.path}#export`)}>
                {t.look}
              </a>
            ) : (
              archives.map((after, at) => (
                <>
                  <a
                    class="button"
                    href={`/account/privacy/export/${exportId}${at === 0 ? "" : `?after=${after}`}`}
                    download
                  >
                    {archives.length === 1 ? t.copyFetch : t.copyPart(at + 1, archives.length)}
                  </a>{" "}
                </>
              ))
            )}
          </p>
        </div>
      ))}
    </div>
  );
}

/** One request on the line, with its day. */
function Request({ page, request }: { page: Page; request: PrivacyRequest }) {
  const t = centreText[page.language];
  const { receivedAtMs, dueAtMs, closedAtMs } = request;
  const room = (dueAtMs - receivedAtMs) * 0.02;
  return (
    <article class="panel stack">
      <h3>{t.kinds[request.kind]}</h3>
      <p>{request.details}</p>
      <Timeline
        label={t.picture}
        from={receivedAtMs - room}
        to={dueAtMs + room}
        spans={[{ from: receivedAtMs, to: closedAtMs ?? Math.min(page.nowMs, dueAtMs), label: "" }]}
        marks={[
          { at: receivedAtMs, label: t.received, kind: "here" },
          { at: dueAtMs, label: t.due, kind: "there" },
        ]}
      />
      <dl class="facts">
        <dt>{t.received}</dt>
        <dd class="instrument">
          <Moment page={page} ms={receivedAtMs} show="day" />
        </dd>
        <dt>{closedAtMs === null ? t.due : t.answered}</dt>
        <dd class="instrument">
          <Moment page={page} ms={closedAtMs ?? dueAtMs} show="day" />
        </dd>
      </dl>
      {request.identityCheckedAtMs === null ? <p class="note">{t.checking}</p> : null}
      {request.extensionReason === null ? null : (
        <p>
          {t.longer} {request.extensionReason}
        </p>
      )}
      {request.answer === null ? null : <p class="notice good">{request.answer}</p>}
    </article>
  );
}

/** Who received what, and what came of asking for a copy to go. */
function Deliveries({ page, deliveries }: { page: Page; deliveries: readonly Delivery[] }) {
  const t = centreText[page.language];
  return (
    <Table label={t.deliveries} columns={t.deliveryColumns}>
      {deliveries.map(({ name, receiver, deliveredAtMs, wishedAtMs, answer }) => (
        <tr>
          <th scope="row">{name}</th>
          <td>{receiver ?? t.receiverGone}</td>
          <td class="instrument">
            <Moment page={page} ms={deliveredAtMs} />
          </td>
          <td>{answer !== null ? t.answers[answer] : wishedAtMs === null ? t.notAsked : t.asked}</td>
        </tr>
      ))}
    </Table>
  );
}

/** What the person agreed to, each with the way back. */
function Consents({ page, consents }: { page: Page; consents: readonly Consent[] }) {
  const t = centreText[page.language];
  return (
    <div class="stack">
      {consents.map(({ purpose, sessionId, sessionName, wording, givenAtMs, withdrawnAtMs }) => (
        <form class="panel stack" method="post" action={href(page, "/account/privacy/consents")}>
          <h3>
            {t.consentKinds[purpose]}
            {sessionName === null ? null : `: ${sessionName}`}
          </h3>
          <blockquote>{wording}</blockquote>
          <p class="soft">
            {t.consentSince} <Moment page={page} ms={givenAtMs} />
            {withdrawnAtMs === null ? null : (
              <>
                . {t.consentUntil} <Moment page={page} ms={withdrawnAtMs} />
              </>
            )}
          </p>
          {withdrawnAtMs !== null || purpose === "counting-objection" ? null : (
            <>
              <input type="hidden" name="purpose" value={purpose} />
              <input type="hidden" name="sessionId" value={sessionId ?? ""} />
              {purpose === "recording" ? <p class="soft">{t.recordingTaken}</p> : null}
              <p>
                <button class="button quiet" type="submit">
                  {t.takeBack}
                </button>
              </p>
            </>
          )}
        </form>
      ))}
    </div>
  );
}

/** Everything that a person can do with what there is about them. */
export function PrivacyCentre({
  page,
  held,
  exports,
  requests,
  restrictedAtMs,
  uncountedAtMs,
  deliveries,
  consents,
  said,
  typed,
}: CentreProps) {
  const t = centreText[page.language];
  const done: Record<string, string> = t.done;
  const saidAt = (part: CentrePart | null) =>
    said.part !== part ? null : (
      <>
        {said.done === null || done[said.done] === undefined ? null : <Upshot text={done[said.done] ?? ""} />}
        <ProblemNotice page={page} problem={said.problem} />
      </>
    );
  return (
    <Layout page={page} title={t.title} hidden>
      <header class="stack">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </header>
      {saidAt(null)}
      <section class="room" id="export">
        <header class="stack">
          <h2>{t.copy}</h2>
          <p class="soft">{t.copyNote}</p>
        </header>
        <div class="room-work">
          {saidAt("export")}
          {exports.length === 0 ? null : <Copies page={page} exports={exports} />}
          <form method="post" action={href(page, "/account/privacy/export")}>
            <button class="button quiet" type="submit">
              {t.copyAsk}
            </button>
          </form>
        </div>
      </section>
      <section class="room" id="correct">
        <header class="stack">
          <h2>{t.correct}</h2>
          <p class="soft">{t.correctNote}</p>
        </header>
        <div>
          <p class="actions">
            <a class="button quiet" href={href(page, "/account#you")}>
              {t.correctLink}
            </a>
            <a class="button quiet" href={href(page, "/account/profile")}>
              {t.profileLink}
            </a>
          </p>
        </div>
      </section>
      <section class="room" id="restriction">
        <header class="stack">
          <h2>{t.restriction}</h2>
          <p class="soft">{t.restrictionNote}</p>
        </header>
        <form class="stack" method="post" action={href(page, "/account/privacy/restriction")}>
          {saidAt("restriction")}
          {restrictedAtMs === null ? null : (
            <p class="notice">
              {t.restrictionOn} <Moment page={page} ms={restrictedAtMs} />
            </p>
          )}
          <input type="hidden" name="restrict" value={restrictedAtMs === null ? "yes" : "no"} />
          <p>
            <button class="button quiet" type="submit">
              {restrictedAtMs === null ? t.restrict : t.lift}
            </button>
          </p>
        </form>
      </section>
      <section class="room" id="counting">
        <header class="stack">
          <h2>{t.counting}</h2>
          <p class="soft">{t.countingNote}</p>
        </header>
        <form class="stack" method="post" action={href(page, "/account/privacy/counting")}>
          {saidAt("counting")}
          {uncountedAtMs === null ? null : (
            <p class="notice">
              {t.uncountedOn} <Moment page={page} ms={uncountedAtMs} />
            </p>
          )}
          <input type="hidden" name="object" value={uncountedAtMs === null ? "yes" : "no"} />
          <p>
            <button class="button quiet" type="submit">
              {uncountedAtMs === null ? t.object : t.countAgain}
            </button>
          </p>
        </form>
      </section>
      <section class="room" id="consents">
        <header class="stack">
          <h2>{t.consents}</h2>
          <p class="soft">{t.consentsNote}</p>
        </header>
        <div class="room-work">
          {saidAt("consents")}
          {consents.length === 0 ? <p>{t.consentsNone}</p> : <Consents page={page} consents={consents} />}
        </div>
      </section>
      <section class="room" id="requests">
        <header class="stack">
          <h2>{t.requests}</h2>
          <p class="soft">{t.requestsNote}</p>
        </header>
        <div class="room-work">
          {saidAt("requests")}
          {requests.length === 0 ? null : (
            <div class="stack">
              {requests.map((request) => (
                <Request page={page} request={request} />
              ))}
            </div>
          )}
          <form class="stack" method="post" action={href(page, "/account/privacy/requests#requests")} novalidate>
            <Labelled name="kind" label={t.kind}>
              <select id="kind" name="kind">
                {requestKinds.map((kind) => (
                  <option value={kind} selected={kind === typed?.kind}>
                    {t.kinds[kind]}
                  </option>
                ))}
              </select>
            </Labelled>
            <Labelled name="details" label={t.details} problem={typed === undefined ? undefined : t.detailsMissing}>
              <textarea
                id="details"
                name="details"
                rows={4}
                maxlength={REQUEST_MAX_CHARS}
                required
                data-missing={t.detailsMissing}
                aria-describedby="details-problem"
                aria-invalid={typed === undefined ? undefined : "true"}
              >
                {typed?.details}
              </textarea>
            </Labelled>
            <p>
              <button class="button quiet" type="submit">
                {t.send}
              </button>
            </p>
          </form>
        </div>
      </section>
      <section class="room" id="erase">
        <header class="stack">
          <h2>{t.erase}</h2>
          <p class="soft">{t.eraseNote}</p>
        </header>
        <p>
          <a class="button destructive" href={href(page, "/account/erase")}>
            {t.eraseLink}
          </a>
        </p>
      </section>
      <section class="stack" id="deliveries">
        <h2>{t.deliveries}</h2>
        <p class="soft">{t.deliveriesNote}</p>
        {deliveries.length === 0 ? <p>{t.deliveriesNone}</p> : <Deliveries page={page} deliveries={deliveries} />}
      </section>
      <section class="stack" id="held">
        <h2>{t.held}</h2>
        <p class="soft">
          {t.heldNote} <a href={href(page, "/privacy")}>{t.policy}</a>
          {" · "}
          <a href={href(page, "/account#sign-ins")}>{t.signIns}</a>
          {" · "}
          <a href={href(page, "/account/decisions")}>{t.decisions}</a>
        </p>
        <Table label={t.held} columns={t.columns}>
          {held.map((row) => (
            <tr>
              <th scope="row">{holdingName(page.language, row.name)}</th>
              <td class="instrument">{number(page.language, row.count)}</td>
              <td>{row.purpose}</td>
              <td>{row.until}</td>
            </tr>
          ))}
        </Table>
      </section>
    </Layout>
  );
}
