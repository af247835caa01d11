import { type Form, find } from "./form.ts";
import { prepare } from "./passwords.ts";
import { isAccepted, judge, lengthOf, PASSWORD_MIN_CHARS, type Verdict } from "./strength.ts";

const level: Record<Verdict, number> = { empty: 0, short: 1, common: 1, personal: 1, simple: 1, fair: 3, strong: 4 };

/** Show and hide; the protocol fetched as soon as somebody begins; for a new password an opinion that never leaves this machine. */
export function passwordField(form: Form, id: string, personal: () => string[] = () => []) {
  const input = find<HTMLInputElement>(`#${id}`, form.root);
  const reveal = find<HTMLButtonElement>(`[aria-controls="${id}"]`, form.root);
  const strength = form.root.querySelector<HTMLElement>(`[data-for="${id}"]`);
  const { said } = form;

  reveal.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    reveal.textContent = shown ? said.hide : said.show;
    reveal.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  // A shown password is hidden again before the browser may keep the field's history.
  form.root.addEventListener("submit", () => {
    input.type = "password";
    reveal.textContent = said.show;
    reveal.setAttribute("aria-pressed", "false");
  });
  const begin = () => void prepare().catch(() => undefined);
  input.addEventListener("input", begin, { once: true });

  const verdict = () => judge(input.value, personal());
  const words = (): string => {
    const now = verdict();
    return now === "short"
      ? said.short.replace("{count}", String(PASSWORD_MIN_CHARS - lengthOf(input.value)))
      : said[now];
  };
  if (strength !== null) {
    input.addEventListener("input", () => {
      find<HTMLMeterElement>("meter", strength).value = level[verdict()];
      find("p", strength).textContent = words();
      form.mark(id, null);
    });
  }
  return {
    value: () => input.value,
    clear() {
      input.value = "";
      input.dispatchEvent(new Event("input"));
    },
    /** For a new one: why it will not do, or `null`. For one that exists: only whether it is there. */
    problem(): string | null {
      if (strength === null) return input.value === "" ? said.fill : null;
      if (isAccepted(verdict())) return null;
      // Said once: where the error is, and not beside it as well.
      find("p", strength).textContent = said.empty;
      return words();
    },
  };
}
