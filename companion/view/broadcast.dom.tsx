/** The session's broadcast (P85): a mark on everybody's screen, and what a host does about it. A script of its own. */
import { useEffect, useState } from "preact/hooks";
import { BroadcastLink } from "../../protocol/broadcasts.ts";
import { LISTENERS_MAX } from "../../protocol/limits.ts";
import { broadcastWords } from "./broadcast-words.dom.ts";
import { LinkField } from "./link-field.dom.tsx";
import { Modal } from "./modal.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import type { ViewApi } from "./view-api.dom.ts";

/** The address that others listen at, and from now on the session is broadcast; `null` where it is not, which has been said. */
async function beginBroadcast(api: ViewApi): Promise<string | null> {
  const made = BroadcastLink.safeParse(await api.ask("POST", `${api.session}/broadcast`));
  return made.success ? new URL(`/listen/${made.data.link}`, location.href).href : null;
}

const endBroadcast = (api: ViewApi) => api.ask("DELETE", `${api.session}/broadcast`);

/** That others hear the session, and how many. */
export function OnAir({ state }: Pick<ViewProps, "state">) {
  const t = broadcastWords();
  if (state.listeners === null) return null;
  return (
    <p class="view-on-air" role="status" title={`${t.onAir(state.listeners.length)}. ${t.onAirMeans}`}>
      <span aria-hidden="true">◉ {t.onAirShort(state.listeners.length)}</span>
      <span class="hidden">{t.onAir(state.listeners.length)}</span>
    </p>
  );
}

export interface BroadcastSheetProps extends ViewProps {
  close(): void;
}

/** A host's: what it means, before it begins; its link and its end, while it is on. */
export function BroadcastSheet({ session, state, close }: BroadcastSheetProps) {
  const t = broadcastWords();
  const { api } = session;
  const isOn = state.listeners !== null;
  const [link, setLink] = useState<string | null>(null);
  useEffect(() => {
    if (isOn && link === null) void beginBroadcast(api).then(setLink);
    if (!isOn) setLink(null);
  }, [isOn]);
  return (
    <Modal label={t.title} close={close}>
      <h2>{t.title}</h2>
      <p>{t.means(LISTENERS_MAX)}</p>
      <p role="status">{state.listeners === null ? t.seen : `${t.onAir(state.listeners.length)}.`}</p>
      {isOn && link !== null ? (
        <LinkField session={session} id="view-broadcast-link" link={link} label={t.link} copy={t.copy} />
      ) : null}
      <form method="dialog" class="actions">
        <button type="submit" class="button quiet small">
          {t.close}
        </button>
        {isOn ? (
          <button type="button" class="button destructive small" onClick={() => void endBroadcast(api)}>
            {t.end}
          </button>
        ) : (
          <button type="button" class="button small" onClick={() => void beginBroadcast(api).then(setLink)}>
            {t.start}
          </button>
        )}
      </form>
    </Modal>
  );
}
