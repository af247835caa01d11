/** Who is here: role, presence and honest latency, and for the host what may be done about it. */
import { adviceOf } from "../../audio/latency.ts";
import type { Member } from "../../protocol/room.ts";
import type { HostMenuProps } from "./host-acts.dom.tsx";
import { later } from "./later.dom.tsx";
import { accentClass, nameOf, type ViewProps } from "./parts.dom.tsx";
import type { StripProps } from "./strip.dom.tsx";

const HostMenu = later<HostMenuProps>(() => import("./beside.dom.tsx").then((parts) => parts.HostMenu));
const Strip = later<StripProps>(() => import("./beside.dom.tsx").then((parts) => parts.Strip));

export function People(props: ViewProps) {
  const { state, words } = props;
  const t = words.people;
  // A phone that is not here is nothing; a person who is not is still one of the session.
  const seen = state.members.filter(({ phoneOf, connected }) => phoneOf === undefined || connected);
  return (
    <section class="view-people" aria-label={t.label}>
      <h2>{t.label}</h2>
      <ul>
        {seen.map((member) => (
          <li key={member.memberId} class={`who-is ${accentClass(state, member.memberId)}`}>
            <span class={`presence ${member.connected ? "here" : ""}`} aria-hidden="true" />
            <span class="who">
              <span class="name">{nameOf(state, member.memberId, words)}</span>
              <span class="soft">
                {member.phoneOf === undefined ? t.roles[member.role] : t.phone}
                {member.guest ? ` · ${t.guest}` : ""}
                {member.memberId === state.memberId ? ` · ${t.you}` : ` · ${member.connected ? t.here : t.gone}`}
              </span>
            </span>
            <Status member={member} words={words} />
            <HostMenu {...props} member={member} />
            {member.connected &&
            member.memberId !== state.memberId &&
            member.phoneOf !== state.memberId &&
            props.session.sound.state.value.power === "on" ? (
              <Strip {...props} memberId={member.memberId} name={nameOf(state, member.memberId, words)} />
            ) : null}
          </li>
        ))}
      </ul>
      {seen.length < 2 ? <p class="soft">{t.alone}</p> : null}
    </section>
  );
}

function Status({ member: { connected, role, status }, words }: { member: Member; words: ViewProps["words"] }) {
  const t = words.people;
  if (!connected) return null;
  const { latencyMs, latencyErrorMs } = status;
  const fits = latencyMs === undefined ? "" : adviceOf(latencyMs);
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
