import { href, type Page } from "../../design/page.ts";
import { Notice } from "../hub/parts.tsx";

/** What one person writes to another: on a profile, in answer to a mail, in a conversation. */
export function MessageForm({
  page,
  action,
  words,
  rows,
  text,
  good,
  bad,
}: {
  page: Page;
  action: string;
  words: { title?: string; hint?: string; label: string; send: string; note?: string };
  rows: number;
  text: string;
  good?: string | undefined;
  bad?: string | undefined;
}) {
  const { title, hint, label, send, note } = words;
  return (
    <form class="stack" id="write" method="post" action={href(page, action)} novalidate>
      {title === undefined ? null : <h2>{title}</h2>}
      {hint === undefined ? null : <p class="soft">{hint}</p>}
      <Notice good={good} bad={bad} />
      <div class="field long">
        <label for="text">{label}</label>
        <textarea id="text" name="text" rows={rows} required aria-invalid={bad === undefined ? undefined : "true"}>
          {text}
        </textarea>
      </div>
      <button class="button" type="submit">
        {send}
      </button>
      {note === undefined ? null : <p class="small soft">{note}</p>}
    </form>
  );
}
