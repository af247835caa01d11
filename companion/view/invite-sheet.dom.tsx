/** A host's invite. A script of its own, fetched when somebody is to be brought. */
import { useEffect, useState } from "preact/hooks";
import { INVITE_USES_MAX } from "../../protocol/limits.ts";
import { Sure } from "./host-acts.dom.tsx";
import { hostWords } from "./host-words.dom.ts";
import { LinkField } from "./link-field.dom.tsx";
import { Modal } from "./modal.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";

export interface InviteSheetProps extends ViewProps {
  close(): void;
}

/** An invite by a link, made here and told once. */
export function InviteSheet({ session, close }: InviteSheetProps) {
  const t = hostWords();
  const [role, setRole] = useState<"participant" | "observer">("participant");
  const [uses, setUses] = useState(1);
  const [link, setLink] = useState<string | null>(null);
  const [forGuests, setForGuests] = useState(false);
  const [asksOff, setAsksOff] = useState(false);
  const isOpen = session.api.guestsAllowed.value;
  useEffect(() => void session.api.readSession(), [session]);
  return (
    <Modal label={t.inviteTitle} close={close}>
      <h2>{t.inviteTitle}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const before = forGuests && isOpen === false ? session.api.allowGuests(true) : Promise.resolve();
          void before.then(() => session.api.invite(role, uses)).then(setLink);
        }}
      >
        <p>
          <label for="view-invite-role">{t.inviteRole}</label>
          <select
            id="view-invite-role"
            value={role}
            onChange={(event) => setRole(event.currentTarget.value === "observer" ? "observer" : "participant")}
          >
            <option value="participant">{t.inviteRoles.participant}</option>
            <option value="observer">{t.inviteRoles.observer}</option>
          </select>
        </p>
        <p>
          <label for="view-invite-uses">{t.inviteUses}</label>
          <select
            id="view-invite-uses"
            value={String(uses)}
            onChange={(event) => setUses(Number(event.currentTarget.value))}
          >
            {[1, 2, 5, 10]
              .filter((count) => count <= INVITE_USES_MAX)
              .map((count) => (
                <option key={count} value={String(count)}>
                  {t.people(count)}
                </option>
              ))}
          </select>
        </p>
        {isOpen ? (
          <p class="soft">
            {t.guestsIn}{" "}
            <button type="button" class="tool" onClick={() => setAsksOff(true)}>
              {t.guestsOff}
            </button>
          </p>
        ) : (
          <p>
            <label class="view-line">
              <input
                type="checkbox"
                checked={forGuests}
                disabled={isOpen === null}
                onChange={(event) => setForGuests(event.currentTarget.checked)}
              />
              <span>{t.inviteGuests}</span>
            </label>
          </p>
        )}
        {link === null ? (
          <button type="submit" class="button small">
            {t.inviteMake}
          </button>
        ) : (
          <LinkField session={session} id="view-invite-link" link={link} label={t.inviteLink} copy={t.copy} />
        )}
      </form>
      <form method="dialog">
        <button type="submit" class="button quiet small">
          {t.close}
        </button>
      </form>
      {asksOff ? (
        <Sure
          text={t.sure.guestsOff}
          yes={t.guestsOff}
          no={t.cancel}
          act={() => void session.api.allowGuests(false)}
          close={() => setAsksOff(false)}
        />
      ) : null}
    </Modal>
  );
}
