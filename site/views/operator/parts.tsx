import type { Child } from "hono/jsx";
import { REQUEST_MAX_CHARS } from "../../../protocol/limits.ts";
import { Button, Labelled } from "../../design/form.tsx";
import { href, type Page } from "../../design/page.ts";

/** A text of some lines, which somebody else will read. */
export const Prose = ({ name, id, label, value }: { name: string; id: string; label: string; value?: string }) => (
  <Labelled name={id} label={label}>
    <textarea id={id} name={name} rows={3} maxlength={REQUEST_MAX_CHARS} required>
      {value}
    </textarea>
  </Labelled>
);

/** A form of one button that says what it does; `field`: what it asks for besides. */
export function Act({
  page,
  to,
  what,
  label,
  field,
  destructive,
}: {
  page: Page;
  to: string;
  what: Record<string, string>;
  label: string;
  field?: { name: string; label: string };
  destructive?: boolean;
}) {
  return (
    <form method="post" action={href(page, to)} class="stack" novalidate>
      {Object.entries(what).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {field === undefined ? null : (
        <Prose name={field.name} id={`${to.split("/").at(-1)}-${Object.values(what).join("-")}`} label={field.label} />
      )}
      <p>
        <Button label={label} kind={destructive ? "destructive" : "quiet"} />
      </p>
    </form>
  );
}

/** One kind of what waits: its name, how many there are, and each of them. */
export const Part = ({ id, title, children }: { id: string; title: string; children: Child }) => (
  <section class="room" id={id}>
    <header class="stack">
      <h2>{title}</h2>
    </header>
    <div class="room-work">{children}</div>
  </section>
);
