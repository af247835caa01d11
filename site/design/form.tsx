import type { Child } from "hono/jsx";
import { words } from "../i18n/language.ts";
import type { Page } from "./page.ts";

const text = words({
  en: { summary: "Some answers need another look" },
  de: { summary: "Einige Angaben brauchen noch einen Blick" },
});

export interface FieldProps {
  name: string;
  /** Where more than one form of a page has the name. */
  id?: string;
  label: string;
  type?: "text" | "email" | "password" | "number" | "search" | "url" | "date" | "datetime-local";
  hint?: string;
  /** What is wrong and how to mend it; announced with the field. */
  problem?: string;
  value?: string;
  autocomplete?: string;
  required?: boolean;
  /** What is said where it is missing, if the page has better words than "Please fill this in." */
  missing?: string;
  maxLength?: number;
}

/** A form that was refused: what was typed stays in it, and what is wrong is said at its fields. */
export interface Refused {
  typed: Record<string, string>;
  wrong: readonly string[];
}

/** A labelled field whose hint and error are tied to it by `aria-describedby` (WCAG 3.3.1, 3.3.2). */
export function Field({
  name,
  id = name,
  label,
  hint,
  problem,
  missing,
  maxLength,
  type = "text",
  ...input
}: FieldProps) {
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint === undefined ? null : (
        <p class="small soft" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problem of={id} text={problem} />
      <input
        id={id}
        name={name}
        type={type}
        maxlength={maxLength}
        data-missing={missing}
        aria-describedby={described === "" ? undefined : described}
        aria-invalid={problem === undefined ? undefined : "true"}
        {...input}
      />
    </div>
  );
}

/** A label over its control, whose id is `name`. */
export const Labelled = ({
  name,
  label,
  problem,
  children,
}: {
  name: string;
  label: string;
  problem?: string | undefined;
  children: Child;
}) => (
  <div class="field">
    <label for={name}>{label}</label>
    <Problem of={name} text={problem} />
    {children}
  </div>
);

/** What is wrong with one field, before it. */
export const Problem = ({ of, text }: { of: string; text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" id={`${of}-problem`}>
      {text}
    </p>
  );

/** What came of a form, where that form stands. */
export const Upshot = ({ text, isBad = false }: { text: string; isBad?: boolean }) => (
  <p class={`said ${isBad ? "bad" : ""}`} role={isBad ? "alert" : "status"}>
    {text}
  </p>
);

/** Lists what is wrong at the head of a form, each with a way to its field. Shows nothing while nothing is wrong. */
export function ErrorSummary({ page, problems }: { page: Page; problems: Record<string, string> }) {
  const entries = Object.entries(problems);
  if (entries.length === 0) return null;
  return (
    <div class="panel summary stack" role="alert" tabindex={-1}>
      <strong>{text[page.language].summary}</strong>
      <ul>
        {entries.map(([name, problem]) => (
          <li>
            <a href={`#${name}`}>{problem}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A button that says its key. */
export function Button({
  label,
  keyHint,
  kind = "",
}: {
  label: string;
  keyHint?: string;
  kind?: "" | "quiet" | "destructive";
}) {
  return (
    <button class={`button ${kind}`} type="submit">
      {label}
      {keyHint === undefined ? null : <kbd>{keyHint}</kbd>}
    </button>
  );
}

/** Empty, denied, not found, offline, full, ended: a sentence and one next step. */
export function State({
  title,
  sentence,
  next,
}: {
  title: string;
  sentence: string;
  /** Where to go from here; `isAside`: where the sentence asks for something better. */
  next: { href: string; label: string; isAside?: boolean };
}) {
  return (
    <section class="stack">
      <h1>{title}</h1>
      <p class="lead">{sentence}</p>
      <a class={next.isAside ? "button quiet" : "button"} href={next.href}>
        {next.label}
      </a>
    </section>
  );
}
