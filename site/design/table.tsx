import type { Child } from "hono/jsx";

/** A table that scrolls by itself where the page is narrow; each row's first cell is its `th`. */
export function Table({ label, columns, children }: { label: string; columns: readonly string[]; children: Child }) {
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
