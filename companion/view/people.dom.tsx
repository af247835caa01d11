/** Who is here: role, presence and honest latency, and for the host what may be done about it. */
import { useState } from "preact/hooks";
import type { MemberId } from "../../protocol/ids.ts";
import { may, Role, roles } from "../../protocol/roles.ts";
import type { Member } from "../../protocol/room.ts";
import { accentClass, type ViewProps } from "./parts.dom.tsx";

/** One-way delay up to which people play together, and up to which they do so with care (docs/DESIGN.md). */
const TOGETHER_MS = 25;
const CAUTION_MS = 40;

export function People({ session, state, words, inviteHref }: ViewProps & { inviteHref: string }) {
  const t = words.people;
  const [asking, setAsking] = useState<MemberId | null>(null);
  const isHost = state.role !== null && may(state.role, "role.set");
  return (
    <section class="view-people" aria-label={t.label}>
      <h2>{t.label}</h2>
      <ul>
        {state.members.map((member) => (
          <li key={member.memberId} class={`who-is ${accentClass(state, member.memberId)}`}>
            <span class={`presence ${member.connected ? "here" : ""}`} aria-hidden="true" />
            <span class="who">
              <span class="name">{member.displayName}</span>
              <span class="soft">
                {t.roles[member.role]}
                {member.memberId === state.memberId ? ` · ${t.you}` : ` · ${member.connected ? t.here : t.gone}`}
              </span>
            </span>
            <Status member={member} words={words} />
            {isHost && member.memberId !== state.memberId ? (
              <span class="view-host">
                <select
                  aria-label={t.role(member.displayName)}
                  value={member.role}
                  onChange={(event) => void session.setRole(member.memberId, Role.parse(event.currentTarget.value))}
                >
                  {roles.map((role) => (
                    <option key={role} value={role}>
                      {t.roles[role]}
                    </option>
                  ))}
                </select>
                <button
                  type="button"
                  class="tool"
                  aria-label={t.remove(member.displayName)}
                  title={t.remove(member.displayName)}
                  onClick={() => setAsking(member.memberId)}
                >
                  ×
                </button>
              </span>
            ) : null}
            {asking === member.memberId ? (
              <fieldset class="view-sure">
                <legend>{t.removeSure}</legend>
                <button
                  type="button"
                  class="button destructive small"
                  onClick={() => {
                    setAsking(null);
                    void session.remove(member.memberId);
                  }}
                >
                  {t.yes}
                </button>
                <button type="button" class="button quiet small" onClick={() => setAsking(null)}>
                  {t.no}
                </button>
              </fieldset>
            ) : null}
          </li>
        ))}
      </ul>
      {state.members.length < 2 ? <p class="soft">{t.alone}</p> : null}
      {state.role !== null && may(state.role, "session.invite") ? (
        <a class="button quiet small" href={inviteHref} target="_blank" rel="noopener">
          {t.invite}
        </a>
      ) : null}
    </section>
  );
}

function Status({ member: { connected, role, status }, words }: { member: Member; words: ViewProps["words"] }) {
  const t = words.people;
  if (!connected) return null;
  const { latencyMs, latencyErrorMs } = status;
  const fits =
    latencyMs === undefined
      ? ""
      : latencyMs <= TOGETHER_MS
        ? "together"
        : latencyMs <= CAUTION_MS
          ? "caution"
          : "overdub";
  const says = { "": t.latencyUnknown, together: t.together, caution: t.caution, overdub: t.overdub }[fits];
  return (
    <span class="view-status">
      {status.recording ? <span class="pill recording">{t.recording}</span> : null}
      {status.armed && !status.recording ? <span class="pill armed">{t.armed}</span> : null}
      {status.micLive ? <span class="pill">{t.micLive}</span> : null}
      {role === "observer" || latencyMs === undefined ? null : (
        <span class={`instrument latency ${fits}`} title={says}>
          {t.latency(latencyMs.toFixed(1), (latencyErrorMs ?? 0).toFixed(1))}
          <span class="hidden">, {says}</span>
        </span>
      )}
    </span>
  );
}
