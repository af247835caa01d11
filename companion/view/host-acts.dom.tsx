/** What a host may do beside the door: about somebody, by an invite, at the evening's end. A script of its own, which nobody waits for. */
import { useEffect, useState } from "preact/hooks";
import { INVITE_USES_MAX } from "../../protocol/limits.ts";
import { may, Role, roles } from "../../protocol/roles.ts";
import type { Member } from "../../protocol/room.ts";
import { nameOf, type ViewProps } from "./parts.dom.tsx";

type Act = "sendOut" | "keepOut" | "remove";

export interface HostMenuProps extends ViewProps {
  member: Member;
}

/** What the host may do about somebody, behind one button; what is felt by the other is asked about first. */
export function HostMenu({ session, state, words, member }: HostMenuProps) {
  const t = words.host;
  const [asks, setAsks] = useState<Act | null>(null);
  const { memberId, connected, guest, phoneOf } = member;
  const displayName = nameOf(state, memberId, words);
  if (state.role === null || !may(state.role, "role.set") || memberId === state.memberId) return null;
  const acts: Record<Act, () => void> = {
    sendOut: () => session.kick(memberId, false),
    keepOut: () => {
      session.kick(memberId, true);
      // Or they would be back by it under another name.
      if (guest) void session.api.endInviteOf(memberId);
    },
    remove: () => void session.api.remove(memberId),
  };
  return (
    <details
      class="view-menu"
      // What it lies over is seen again as soon as the keyboard has gone on.
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) currentTarget.open = false;
      }}
    >
      <summary aria-label={t.menu(displayName)} title={t.menu(displayName)}>
        <span aria-hidden="true">⋯</span>
      </summary>
      <div>
        <select
          hidden={phoneOf !== undefined}
          aria-label={words.people.role(displayName)}
          value={member.role}
          onChange={(event) => void session.api.setRole(memberId, Role.parse(event.currentTarget.value))}
        >
          {roles
            .filter((role) => !guest || role !== "host")
            .map((role) => (
              <option key={role} value={role}>
                {words.people.roles[role]}
              </option>
            ))}
        </select>
        {connected ? (
          <>
            <button type="button" class="tool" onClick={() => session.askToMute(memberId)}>
              {t.mute}
            </button>
            <button type="button" class="tool" onClick={() => setAsks("sendOut")}>
              {t.sendOut}
            </button>
          </>
        ) : null}
        <button type="button" class="tool" onClick={() => setAsks("keepOut")}>
          {t.keepOut}
        </button>
        {phoneOf !== undefined ? null : (
          <button type="button" class="tool" onClick={() => setAsks("remove")}>
            {t.remove}
          </button>
        )}
      </div>
      {asks === null ? null : (
        <Sure
          text={guest && asks !== "sendOut" ? t.sure.guest[asks](displayName) : t.sure[asks](displayName)}
          yes={t[asks]}
          no={t.cancel}
          act={acts[asks]}
          close={() => setAsks(null)}
        />
      )}
    </details>
  );
}

export interface SureProps {
  text: string;
  yes: string;
  no: string;
  act(): void;
  close(): void;
}

/** A question before something that cannot be taken back. The way out is where the keyboard is. */
export function Sure({ text, yes, no, act, close }: SureProps) {
  return (
    <dialog
      class="view-sheet"
      aria-label={text}
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={close}
    >
      <p>{text}</p>
      <form method="dialog" class="actions">
        <button type="submit" class="button quiet small">
          {no}
        </button>
        <button type="submit" class="button destructive small" onClick={act}>
          {yes}
        </button>
      </form>
    </dialog>
  );
}

export interface InviteSheetProps extends ViewProps {
  close(): void;
}

/** An invite by a link, made here and told once. */
export function InviteSheet({ session, words, close }: InviteSheetProps) {
  const t = words.host;
  const [role, setRole] = useState<"participant" | "observer">("participant");
  const [uses, setUses] = useState(1);
  const [link, setLink] = useState<string | null>(null);
  const [forGuests, setForGuests] = useState(false);
  const [asksOff, setAsksOff] = useState(false);
  const isOpen = session.api.guestsAllowed.value;
  useEffect(() => void session.api.readSession(), [session]);
  return (
    <dialog
      class="view-sheet"
      aria-label={t.inviteTitle}
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={close}
    >
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
          <p>
            <label for="view-invite-link">{t.inviteLink}</label>
            <input id="view-invite-link" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
            <button
              type="button"
              class="button small"
              onClick={() => void navigator.clipboard.writeText(link).then(() => session.say("copied", false))}
            >
              {t.copy}
            </button>
          </p>
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
    </dialog>
  );
}
