/** One thing that a person is told in passing, and all that can be. A script of its own. */
import { useEffect } from "preact/hooks";
import { agreeWords } from "./agree-words.dom.ts";
import type { Toast } from "./session.dom.ts";
import { de } from "./words/toasts.de.std.ts";
import { en, type ToastWords } from "./words/toasts.en.std.ts";

/** What only informs goes by itself; what went wrong stays until it is read. */
const TOAST_MS = 8_000;

export interface ToastCardProps {
  toast: Toast;
  hush(): void;
}

export function ToastCard({ toast, hush }: ToastCardProps) {
  useEffect(() => {
    if (toast.bad) return;
    const timer = setTimeout(hush, TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast.id]);
  const t: ToastWords = document.documentElement.lang === "de" ? de : en;
  const agree = agreeWords();
  const said: Record<string, string | undefined> = {
    ...t.problems,
    ...t.said,
    "words-broken": agree.broken,
    "words-keys": agree.changed.keys,
    "words-people": agree.changed.people,
  };
  return (
    <li class={toast.bad ? "bad" : ""}>
      <span>{said[toast.code] ?? t.problems.other}</span>
      <button type="button" class="tool" onClick={hush}>
        {t.close}
      </button>
    </li>
  );
}
