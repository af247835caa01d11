/** What a host may do beside the door: about somebody, at the evening's end. A script of its own, which nobody waits for. */
import { useState } from "preact/hooks";
import { may, Role, roles } from "../../protocol/roles.ts";
import type { Member } from "../../protocol/room.ts";
import { hostWords } from "./host-words.dom.ts";
import { Modal } from "./modal.dom.tsx";
import { nameOf, type ViewProps } from "./parts.dom.tsx";

type Act = "sendOut" | "keepOut" | "remove";

export interface HostMenuProps extends ViewProps {
  member: Member;
}

/** What the host may do about somebody, behind one button; what is felt by the other is asked about first. */
export function HostMenu({ session, state, words, member }: HostMenuProps) {
  const t = hostWords();
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
    <Modal label={text} close={close}>
      <p>{text}</p>
      <form method="dialog" class="actions">
        <button type="submit" class="button quiet small">
          {no}
        </button>
        <button type="submit" class="button destructive small" onClick={act}>
          {yes}
        </button>
      </form>
    </Modal>
  );
}
