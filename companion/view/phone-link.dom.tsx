/** One's own phone in the session (P83): that it is here, and the way to send it away. A script of its own. */

import { useEffect, useState } from "preact/hooks";
import { may } from "../../protocol/roles.ts";
import { later } from "./later.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import type { CodeProps } from "./phone-code.dom.tsx";
import { de } from "./words/phone-link.de.std.ts";
import { en } from "./words/phone-link.en.std.ts";

const Code = later<CodeProps>(() => import("./phone-code.dom.tsx").then((parts) => parts.Code));

export function PhoneLink({ session, state }: ViewProps) {
  const t = document.documentElement.lang === "de" ? de : en;
  const { api } = session;
  const [asks, setAsks] = useState(false);
  const phone = state.members.find(({ phoneOf, connected }) => connected && phoneOf === state.memberId);
  const isHere = phone !== undefined;
  // Once it is here the code has done its work, and does not come back when the phone goes.
  useEffect(() => {
    if (isHere) setAsks(false);
  }, [isHere]);
  if (session.isGuest || state.role === null || !may(state.role, "transport.command")) return null;
  return (
    <section class="view-phone-link" aria-label={t.label}>
      <h2>{t.label}</h2>
      {phone === undefined ? (
        <>
          <p class="soft">{t.note}</p>
          <button type="button" class="button quiet small" onClick={() => setAsks(true)}>
            {t.open}
          </button>
        </>
      ) : (
        <p class="view-line" role="status">
          <span>{t.here}</span>
          <button type="button" class="tool" onClick={() => void api.ask("DELETE", `${api.session}/phone`)}>
            {t.sendAway}
          </button>
        </p>
      )}
      {asks && phone === undefined ? <Code session={session} close={() => setAsks(false)} /> : null}
    </section>
  );
}
