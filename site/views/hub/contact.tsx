import { personReasons, takeReasons } from "../../../protocol/hub.ts";
import { State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { hubText } from "../../i18n/hub.ts";
import { MessageForm } from "../messages/form.tsx";
import { Notice } from "./parts.tsx";

export interface AnswerProps {
  page: Page;
  /** Who wrote; `null` if the link is not for this account. */
  sender: string | null;
  token: string;
  good?: string | undefined;
  bad?: string | undefined;
  text?: string;
}

/** Where the link of a mail from the Hub leads: answer, or hear no more. */
export function Answer({ page, sender, token, good, bad, text = "" }: AnswerProps) {
  const t = hubText[page.language];
  if (sender === null)
    return (
      <Layout page={page} title={t.answerGone} hidden>
        <State
          title={t.answerGone}
          sentence={t.answerGoneSentence}
          next={{ href: href(page, "/hub"), label: t.toHub }}
        />
      </Layout>
    );
  const query = `?token=${encodeURIComponent(token)}`;
  return (
    <Layout page={page} title={t.answerTitle(sender)} styles={["hub.css"]} hidden>
      <h1 dir="auto">{t.answerTitle(sender)}</h1>
      <Notice good={good} bad={bad} />
      <section class="contact">
        <MessageForm
          page={page}
          action={`/hub/answer${query}`}
          words={{ title: t.write, hint: t.writeHint, label: t.message, send: t.send }}
          rows={6}
          text={text}
        />
        <form class="stack" method="post" action={href(page, `/hub/answer/block${query}`)}>
          <h2>{t.block}</h2>
          <p class="soft">{t.blockHint(sender)}</p>
          <button class="button destructive" type="submit">
            {t.block}
          </button>
        </form>
      </section>
    </Layout>
  );
}

export interface ReportProps {
  page: Page;
  path: string;
  displayName: string;
  /** It is about a take, which has reasons of its own. */
  isTake?: boolean;
  reason: string;
  details: string;
  problem?: string | undefined;
}

/** Telling us about somebody, or a take of theirs; anybody may (A5). */
export function Report({ page, path, displayName, isTake = false, reason, details, problem }: ReportProps) {
  const t = hubText[page.language];
  return (
    <Layout page={page} title={t.reportTitle(displayName)} styles={["hub.css"]} hidden>
      <header class="stack">
        <h1 dir="auto">{t.reportTitle(displayName)}</h1>
        <p class="lead">
          {t.reportLead} {page.account === null ? t.reportWithout : null}
        </p>
      </header>
      <form class="stack" method="post" action={href(page, `${path}/report`)} novalidate>
        <Notice bad={problem} />
        <fieldset class="choice">
          <legend>{t.reason}</legend>
          {(isTake ? takeReasons : personReasons).map((value) => (
            <label>
              <input
                type="radio"
                name="reason"
                value={value}
                checked={value === reason}
                required
                data-missing={t.reasonMissing}
              />
              <span>{t.reasons[value]}</span>
            </label>
          ))}
        </fieldset>
        <div class="field long">
          <label for="details">{t.details}</label>
          <p class="small soft" id="details-hint">
            {t.detailsHint}
          </p>
          <textarea id="details" name="details" rows={5} aria-describedby="details-hint">
            {details}
          </textarea>
        </div>
        <button class="button" type="submit">
          {t.sendReport}
        </button>
      </form>
    </Layout>
  );
}
