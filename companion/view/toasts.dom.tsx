/** What a person is told in passing. */
import { useEffect } from "preact/hooks";
import { later } from "./later.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import type { ToastCardProps } from "./toast-card.dom.tsx";

const loadCard = () => import("./toast-card.dom.tsx").then((parts) => parts.ToastCard);
const ToastCard = later<ToastCardProps>(loadCard);

export function Toasts({ session }: Pick<ViewProps, "session">) {
  // It is there before the network is gone, of which it tells.
  useEffect(() => void loadCard().catch(() => undefined), []);
  return (
    <ul class="view-toasts" aria-live="polite">
      {session.toasts.value.map((toast) => (
        <ToastCard key={toast.id} toast={toast} hush={() => session.hush(toast.id)} />
      ))}
    </ul>
  );
}
