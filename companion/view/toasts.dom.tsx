/** What a person is told in passing. */
import { useEffect } from "preact/hooks";
import type { ViewProps } from "./parts.dom.tsx";
import type { Toast } from "./session.dom.ts";

/** What only informs goes by itself; what went wrong stays until it is read. */
const TOAST_MS = 8_000;

export function Toasts({ session, words }: Pick<ViewProps, "session" | "words">) {
  return (
    <ul class="view-toasts" aria-live="polite">
      {session.toasts.value.map((toast) => (
        <ToastCard key={toast.id} toast={toast} words={words} hush={() => session.hush(toast.id)} />
      ))}
    </ul>
  );
}

function ToastCard({ toast, words, hush }: Pick<ViewProps, "words"> & { toast: Toast; hush(): void }) {
  useEffect(() => {
    if (toast.bad) return;
    const timer = setTimeout(hush, TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast.id]);
  const own: Record<string, string> = {
    ...words.toasts,
    ...words.record.troubles,
    "nothing-armed": words.record.nobodyArmed,
    forgotten: words.layout.forgotten,
    "other-device": words.sound.otherDevice,
    "words-broken": words.agree.broken,
    "words-keys": words.agree.changed.keys,
    "words-people": words.agree.changed.people,
  };
  const problems: Record<string, string | undefined> = words.problems;
  return (
    <li class={toast.bad ? "bad" : ""}>
      <span>{own[toast.code] ?? problems[toast.code] ?? words.problems.other}</span>
      <button type="button" class="tool" onClick={hush}>
        {words.toasts.close}
      </button>
    </li>
  );
}
