/** The page of somebody who listens to a session's broadcast (P85): one button, levels, a volume. A script of its own, which no other page loads. */
import { useEffect, useState } from "preact/hooks";
import type { PhoneProps } from "./phone.dom.tsx";
import { Meter } from "./strip.dom.tsx";
import { de } from "./words/listen.de.std.ts";
import { en } from "./words/listen.en.std.ts";

export function Listen({ session, words }: Pick<PhoneProps, "session" | "words">) {
  const t = document.documentElement.lang === "de" ? de : en;
  const state = session.state.value;
  const { sound } = session;
  const { power, trouble } = sound.state.value;
  const { connection } = state;
  const [gainDb, setGainDb] = useState(0);
  // Fetched once the page stands, so that a click has not to wait for it.
  useEffect(() => void sound.load().catch(() => undefined), [sound]);
  useEffect(() => {
    for (const { memberId } of state.members)
      if (sound.mixOf(memberId).gainDb !== gainDb) sound.mix(memberId, { gainDb });
  }, [sound, state.members, gainDb]);

  if (connection.state === "over") {
    const isFull = connection.code === "listeners-full";
    return (
      <main class="view-over">
        <h1>{isFull ? t.fullTitle : t.overTitle}</h1>
        <p role="alert">{isFull ? t.full : t.over}</p>
        {isFull ? (
          <p class="actions">
            <a class="button" href={location.href}>
              {t.again}
            </a>
          </p>
        ) : null}
      </main>
    );
  }
  const playing = state.members.filter(({ connected }) => connected);
  const linked = playing.filter(({ memberId }) => sound.links.value.get(memberId) === "connected").length;
  return (
    <div class="view view-phone">
      <header>
        <h1 class="view-name">{t.title}</h1>
        <p class={`view-connection ${connection.state}`} role="status">
          {words.connection[connection.state]}
        </p>
      </header>
      <main>
        {trouble === null ? null : (
          <p role="alert" class="view-trouble">
            {words.sound.troubles[trouble]}
          </p>
        )}
        {power === "on" ? (
          <>
            <p role="status">{playing.length === 0 ? t.nobody : linked === 0 ? t.connecting : t.hearing(linked)}</p>
            {playing.map(({ memberId }, at) => (
              <Meter key={memberId} sound={sound} of={memberId} label={t.level(at + 1)} />
            ))}
            <label>
              <span>{t.volume}</span>
              <input
                type="range"
                min={-40}
                max={6}
                step={1}
                value={gainDb}
                aria-valuetext={`${gainDb} dB`}
                onInput={({ currentTarget }) => setGainDb(currentTarget.valueAsNumber)}
              />
            </label>
            <button type="button" class="button quiet" onClick={() => sound.turnOff()}>
              {t.stop}
            </button>
          </>
        ) : (
          <>
            <p>{t.before}</p>
            <button
              type="button"
              class="button"
              disabled={power === "opening" || trouble === "old-browser"}
              onClick={() => void sound.turnOn(false)}
            >
              {power === "opening" ? t.opening : t.start}
            </button>
          </>
        )}
      </main>
    </div>
  );
}
