import type { Refusal } from "../../../protocol/result.ts";
import type { Said } from "../../i18n/accounts.ts";
import type { Answer } from "./api.ts";

type Failure = Refusal<Answer<never>>;

/** The element that the page is known to have; a page and its script are built together. */
export function find<E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E {
  const element = within.querySelector<E>(selector);
  if (element === null) throw new Error(`The page has no ${selector}.`);
  return element;
}

/**
 * A form whose work is done by a script. It arrives shut and is opened once the script is there, so that nothing is typed into a form
 * that cannot work; while it works, it is shut again.
 */
export class Form {
  readonly root: HTMLFormElement;
  readonly said: Said;
  #seconds: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLFormElement) {
    this.root = root;
    this.said = JSON.parse(root.dataset.said ?? "{}") as Said;
    this.#fieldset.disabled = false;
    root.dataset.isOpen = "";
    // Whoever mends a field is not told of it any longer.
    root.addEventListener("input", ({ target }) => {
      const { id } = target as HTMLElement;
      if (id !== "" && root.querySelector(`#${CSS.escape(id)}-problem`) !== null) this.mark(id, null);
    });
  }

  get #fieldset() {
    return find<HTMLFieldSetElement>("fieldset", this.root);
  }

  value(name: string): string {
    return find<HTMLInputElement>(`[name="${name}"], #${name}`, this.root).value;
  }

  /** Says what is wrong with one field, or takes it back. */
  mark(id: string, message: string | null): void {
    const problem = find(`#${id}-problem`, this.root);
    problem.textContent = message ?? "";
    problem.hidden = message === null;
    const input = this.root.querySelector<HTMLElement>(`input#${id}`);
    if (message === null) input?.removeAttribute("aria-invalid");
    else input?.setAttribute("aria-invalid", "true");
  }

  /** Marks what is wrong and moves to the first of it; whether all was well. */
  check(problems: Record<string, string | null>): boolean {
    let first: HTMLElement | null = null;
    for (const [id, message] of Object.entries(problems)) {
      this.mark(id, message);
      if (message !== null) first ??= this.root.querySelector(`input#${id}, #${id} input`);
    }
    first?.focus();
    return first === null;
  }

  notice(message: string | null, kind: "bad" | "good" = "bad"): void {
    clearInterval(this.#seconds);
    const notice = find(".notice", this.root);
    notice.textContent = message ?? "";
    notice.hidden = message === null;
    notice.classList.toggle("good", kind === "good");
  }

  /** What the API refused, in the person's words: at its field where it has one. A limit says how long it lasts, and counts. */
  fail({ reason: code, fields, retryAfterSeconds }: Failure) {
    if (code === "validation-failed") {
      // The API speaks English; the page says it in the reader's language, at the field that it is about.
      const words: Record<string, string> = {
        displayName: (this.said as Record<string, string>)[fields.displayName?.[0] ?? ""] ?? this.said.fill,
        email: this.said.address,
      };
      const known = Object.keys(fields).filter((id) => this.root.querySelector(`#${CSS.escape(id)}-problem`) !== null);
      if (known.length > 0) {
        this.check(Object.fromEntries(known.map((id) => [id, words[id] ?? this.said.fill])));
        return;
      }
    }
    const message = (this.said as Record<string, string>)[code] ?? this.said.other;
    if (code !== "rate-limited") return this.notice(message);
    let seconds = retryAfterSeconds;
    const say = () => this.#say(message.replace("{seconds}", String(seconds)));
    this.notice(message);
    say();
    this.#seconds = setInterval(() => {
      seconds--;
      if (seconds > 0) say();
      else this.notice(null);
    }, 1_000);
  }

  #say(message: string): void {
    find(".notice", this.root).textContent = message;
  }

  /** Shuts the form while `work` runs, and says so on the button that began it. */
  async busy<Value>(button: HTMLButtonElement, work: () => Promise<Answer<Value>>): Promise<Answer<Value>> {
    this.notice(null);
    const label = button.textContent;
    this.#fieldset.disabled = true;
    button.textContent = `${this.said.working}…`;
    button.setAttribute("aria-busy", "true");
    try {
      // One frame first: the work is heavy, and the person should see that it has begun.
      await new Promise((resolve) => setTimeout(resolve, 30));
      return await work();
    } finally {
      this.#fieldset.disabled = false;
      button.textContent = label;
      button.removeAttribute("aria-busy");
    }
  }

  onSubmit(work: (button: HTMLButtonElement) => Promise<void>): void {
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter ?? find("button[type=submit]", this.root);
      void work(button as HTMLButtonElement);
    });
  }
}

/** As much as a page needs to know of an address; whether it is one, only a mail to it shows. */
export const looksLikeAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
