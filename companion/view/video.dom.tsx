/** Pictures: one's own camera, off until its person's click, and a tile for everybody who shows theirs. */
import { useEffect, useRef } from "preact/hooks";
import { may } from "../../protocol/roles.ts";
import { accentClass, nameOf, type ViewProps } from "./parts.dom.tsx";
import { videoWords } from "./video-words.dom.ts";

export function Video({ session, state, words }: ViewProps) {
  const t = videoWords();
  const { video } = session;
  const { power, trouble, isHeldBack } = video.state.value;
  const own = video.own.value;
  const mayShow = state.role !== null && may(state.role, "video.send") && "mediaDevices" in navigator;
  // A picture without its person's word that the camera is on is not shown.
  const shown = state.members.filter(({ memberId, status }) => status.cameraOn && video.pictures.value.has(memberId));
  if (!mayShow && shown.length === 0) return null;
  return (
    <section class="view-video" aria-label={t.label}>
      <h2>{t.label}</h2>
      {own === null && shown.length === 0 ? null : (
        <ul>
          {shown.map(({ memberId }) => (
            <Tile
              key={memberId}
              picture={video.pictures.value.get(memberId) ?? null}
              name={nameOf(state, memberId, words)}
              accent={accentClass(state, memberId)}
              isOwn={false}
            />
          ))}
          {own === null ? null : <Tile picture={own} name={t.own} accent={accentClass(state, state.memberId)} isOwn />}
        </ul>
      )}
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {t.troubles[trouble]}
        </p>
      )}
      {isHeldBack ? (
        <p class="soft" role="status">
          {t.heldBack}
        </p>
      ) : null}
      {mayShow ? (
        <p>
          <button
            type="button"
            class="button quiet small"
            aria-pressed={power === "on"}
            disabled={power === "opening"}
            onClick={() => (power === "on" ? video.turnOff() : void video.turnOn())}
          >
            {power === "on" ? t.turnOff : power === "opening" ? t.opening : t.turnOn}
          </button>
        </p>
      ) : null}
    </section>
  );
}

interface TileProps {
  picture: MediaStream | null;
  name: string;
  accent: string;
  isOwn: boolean;
}

function Tile({ picture, name, accent, isOwn }: TileProps) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current === null) return;
    element.current.srcObject = picture;
    void element.current.play().catch(() => undefined);
  }, [picture]);
  return (
    <li class={`who-is ${accent} ${isOwn ? "own" : ""}`}>
      {/* Silent: what is heard of them is the lane's. */}
      <video ref={element} muted playsInline autoPlay aria-label={name} />
      <span class="name">{name}</span>
    </li>
  );
}
