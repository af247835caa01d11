import type { Child } from "hono/jsx";
import { Arrangement, type Clip } from "../../design/arrangement.tsx";
import { Layout } from "../../design/layout.tsx";
import type { Page } from "../../design/page.ts";
import { said } from "../../i18n/accounts.ts";
import { words } from "../../i18n/language.ts";

const text = words({
  en: {
    late: "The program of this page has not arrived. Load it again; if it stays away, something between us keeps it back.",
    password: "Password",
    newPassword: "New password",
    show: "Show",
    script:
      "This step needs JavaScript: your password or passkey is worked with on your own machine and never leaves it, and that takes a program. Everything else on this site works without.",
  },
  de: {
    late: "Das Programm dieser Seite ist nicht angekommen. Lade sie neu; bleibt es so, hält etwas zwischen uns es zurück.",
    password: "Passwort",
    newPassword: "Neues Passwort",
    show: "Zeigen",
    script:
      "Dieser Schritt braucht JavaScript: Mit Passwort oder Passkey wird auf deinem eigenen Rechner gerechnet, und beide verlassen ihn nie; dazu braucht es ein Programm. Alles andere auf dieser Seite geht auch ohne.",
  },
});

/** What a script on this page may have to say, in the page's language. */
export const saidOf = (page: Page) => JSON.stringify(said[page.language]);

export interface EntryProps {
  page: Page;
  title: string;
  lead: string;
  picture: { label: string; clips: readonly Clip[]; now: number };
  scripts?: readonly string[];
  /** For anybody to find; what hangs on a link from a mail is not. */
  isPublic?: boolean;
  children: Child;
}

/** The pages in front of an account: what this is on one side, one thing to do on the other. */
export function EntryPage({ page, title, lead, picture, scripts, isPublic = false, children }: EntryProps) {
  return (
    <Layout page={page} title={title} description={lead} hidden={!isPublic} scripts={scripts}>
      <div class="door">
        <header class="stack">
          <h1>{title}</h1>
          <p class="lead">{lead}</p>
          <Arrangement {...picture} />
        </header>
        <div class="panel door-work">{children}</div>
      </div>
    </Layout>
  );
}

/** Said where a script does not run, or has not come after a while; the form after it stays shut until one has. */
export function NeedsScript({ page }: { page: Page }) {
  const t = text[page.language];
  return (
    <>
      <noscript>
        <p class="note">{t.script}</p>
      </noscript>
      <p class="note late">{t.late}</p>
    </>
  );
}

/**
 * A field for a password. It has no name on purpose: a form that is sent by the browser itself, because a script failed, has nothing of
 * it (A2).
 */
export function PasswordField({
  page,
  id,
  kind,
  label,
}: {
  page: Page;
  id: string;
  kind: "new" | "current";
  label?: string;
}) {
  const t = text[page.language];
  return (
    <div class="field">
      <label for={id}>{label ?? (kind === "new" ? t.newPassword : t.password)}</label>
      <p class="problem" id={`${id}-problem`} hidden />
      <div class="secret">
        <input
          id={id}
          type="password"
          autocomplete={kind === "new" ? "new-password" : "current-password"}
          maxlength={256}
          autocapitalize="none"
          spellcheck={false}
          aria-describedby={`${id}-problem${kind === "new" ? ` ${id}-hint` : ""}`}
        />
        <button type="button" class="reveal" aria-controls={id} aria-pressed="false">
          {t.show}
        </button>
      </div>
      {kind === "new" ? (
        <div class="strength" data-for={id}>
          <meter min="0" max="4" low={2} high={3} optimum={4} value="0" aria-hidden="true" />
          <p class="small soft" id={`${id}-hint`} aria-live="polite">
            {said[page.language].empty}
          </p>
        </div>
      ) : null}
    </div>
  );
}

/** Where a form says what went wrong as a whole. */
export const Notice = () => <p class="notice" role="alert" hidden />;

/** A line of text that a script fills the problem of. */
export function LineField({
  name,
  label,
  hint,
  value,
  problem,
  ...input
}: {
  name: string;
  label: string;
  hint?: string;
  value?: string;
  problem?: string;
  type?: string;
  autocomplete?: string;
  inputmode?: "numeric" | "text";
  maxlength?: number;
  readonly?: boolean;
}) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint === undefined ? null : (
        <p class="small soft" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <p class="problem" id={`${name}-problem`} hidden={problem === undefined}>
        {problem}
      </p>
      <input
        id={name}
        name={name}
        value={value}
        aria-describedby={`${hint === undefined ? "" : `${name}-hint `}${name}-problem`}
        aria-invalid={problem === undefined ? undefined : "true"}
        {...input}
      />
    </div>
  );
}
