/** The door and who waits at it: for hosts, and for whoever has to be let in. */
import { useState } from "preact/hooks";
import { may } from "../../protocol/roles.ts";
import { Admission } from "../../protocol/room.ts";
import type { BroadcastSheetProps } from "./broadcast.dom.tsx";
import { Sure } from "./host-acts.dom.tsx";
import { hostWords } from "./host-words.dom.ts";
import { InviteSheet } from "./invite-sheet.dom.tsx";
import { later } from "./later.dom.tsx";
import { nameOf, type ViewProps } from "./parts.dom.tsx";

const BroadcastSheet = later<BroadcastSheetProps>(() =>
  import("./broadcast.dom.tsx").then((parts) => parts.BroadcastSheet),
);

/** The door: who comes in from now on, who waits, who is kept out; and the way to bring somebody new. */
export function Door(props: ViewProps) {
  const { session, state, words } = props;
  const t = hostWords();
  const [ends, setEnds] = useState(false);
  const [airs, setAirs] = useState(false);
  const [invites, setInvites] = useState(false);
  const { role, admission, waitingRoom, keptOut } = state;
  if (role === null || !may(role, "admission.set")) return null;
  return (
    <section class="view-door" aria-label={t.door}>
      <fieldset class="segmented">
        <legend>{t.door}</legend>
        {Admission.options.map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="admission"
              checked={admission === option}
              onChange={() => session.setAdmission(option)}
            />
            <span>{t.admissions[option]}</span>
          </label>
        ))}
      </fieldset>
      <p class="soft">{t.admissionNotes[admission]}</p>
      <ul aria-live="polite">
        {waitingRoom.map(({ memberId, displayName, guest }) => (
          <li key={memberId} class="view-knock">
            <p>{t.waits(guest ? `${displayName} (${words.people.guest})` : displayName)}</p>
            <button
              type="button"
              class="button small"
              aria-label={t.letIn(displayName)}
              onClick={() => session.admit(memberId)}
            >
              {t.letInShort}
            </button>
            <button
              type="button"
              class="button quiet small"
              aria-label={t.turnAway(displayName)}
              // A guest would be back by the same link under another name.
              onClick={() => (guest ? void session.api.remove(memberId) : session.kick(memberId, true))}
            >
              {t.turnAwayShort}
            </button>
          </li>
        ))}
        {keptOut
          .filter((memberId) => state.members.some((member) => member.memberId === memberId))
          .map((memberId) => (
            <li key={memberId} class="view-knock">
              <p class="soft">{t.keptOut(nameOf(state, memberId, words))}</p>
              <button type="button" class="button quiet small" onClick={() => session.admit(memberId)}>
                {t.letInShort}
              </button>
            </li>
          ))}
      </ul>
      <p class="actions">
        <button type="button" class="button quiet small" onClick={() => setInvites(true)}>
          {t.invite}
        </button>
        <button type="button" class="button quiet small" onClick={() => setAirs(true)}>
          {state.listeners === null ? t.broadcast : t.onAir}
        </button>
        <button type="button" class="button quiet small" onClick={() => setEnds(true)}>
          {t.end}
        </button>
      </p>
      {airs ? <BroadcastSheet {...props} close={() => setAirs(false)} /> : null}
      {invites ? <InviteSheet {...props} close={() => setInvites(false)} /> : null}
      {ends ? (
        <Sure text={t.endSure} yes={t.endYes} no={t.cancel} act={() => session.end()} close={() => setEnds(false)} />
      ) : null}
    </section>
  );
}

export interface AtTheDoorProps {
  name: string;
  href: string;
  back: string;
}

/** At the door: a host has to let this person in. */
export function AtTheDoor({ name, href, back }: AtTheDoorProps) {
  const t = hostWords();
  return (
    <main class="view-over" aria-live="polite">
      <p class="soft">{name}</p>
      <h1>{t.waitingTitle}</h1>
      <p role="status">{t.waitingText}</p>
      <p class="actions">
        <a class="button quiet" href={href}>
          {back}
        </a>
      </p>
    </main>
  );
}
