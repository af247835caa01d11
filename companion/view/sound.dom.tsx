/** The sound's part of the view: off and on, a look at one's own devices before, and the key to talk. What it has while it is on is a script of its own. */
import { useEffect, useState } from "preact/hooks";
import { may } from "../../protocol/roles.ts";
import type { CheckProps } from "./check.dom.tsx";
import { later } from "./later.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import type { ViewSound } from "./view-sound.dom.ts";

/** A script of its own, fetched with the engine once the page stands. */
const loadOn = () => import("./beside.dom.tsx");
const SoundOn = later<ViewProps>(() => loadOn().then((parts) => parts.SoundOn));
const Path = later<ViewProps>(() => loadOn().then((parts) => parts.Path));
const Check = later<CheckProps>(() => import("./check.dom.tsx").then((parts) => parts.Check));

export function Sound(props: ViewProps & { deviceUrl: string }) {
  const { session, words, state, deviceUrl } = props;
  const t = words.sound;
  const { sound } = session;
  const { power, trouble } = sound.state.value;
  const [checks, setChecks] = useState(false);
  const mayPlay = state.role !== null && may(state.role, "audio.send");

  // Fetched once the page stands, so that a click has not to wait for it.
  useEffect(() => {
    void Promise.all([sound.load(), loadOn()]).catch(() => undefined);
  }, [sound]);
  useTalkKey(sound, power === "on" && mayPlay);

  return (
    <section class="view-sound" aria-label={t.label}>
      <h2>{t.label}</h2>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {t.troubles[trouble]}
        </p>
      )}
      {power === "on" ? (
        <SoundOn {...props} />
      ) : (
        <>
          <p class="soft">{mayPlay ? t.before : t.beforeListening}</p>
          <p class="actions">
            <button
              type="button"
              class="button small"
              disabled={power === "opening" || trouble === "old-browser"}
              onClick={() => void sound.turnOn(mayPlay)}
            >
              {power === "opening" ? t.opening : mayPlay ? t.turnOn : t.listen}
            </button>
            {mayPlay && trouble !== "old-browser" ? (
              <button
                type="button"
                class="button quiet small"
                disabled={power === "opening"}
                onClick={() => setChecks(true)}
              >
                {t.check}
              </button>
            ) : null}
          </p>
        </>
      )}
      {mayPlay && trouble !== "old-browser" ? <Path {...props} /> : null}
      {checks ? (
        <Check
          session={session}
          words={words}
          deviceUrl={deviceUrl}
          close={(turnOn) => {
            setChecks(false);
            if (turnOn) void sound.turnOn(mayPlay);
          }}
        />
      ) : null}
    </section>
  );
}

/** Holding T lets the others hear a person who is muted. */
function useTalkKey(sound: ViewSound, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const onKey = ({ key, type, target, ctrlKey, altKey, metaKey }: KeyboardEvent) => {
      if (key.toLowerCase() !== "t" || ctrlKey || altKey || metaKey) return;
      const isText = target instanceof HTMLElement && target.matches("textarea, select, input, [contenteditable]");
      if (type === "keyup" || !isText) sound.talk(type === "keydown");
    };
    const stop = () => sound.talk(false);
    addEventListener("keydown", onKey);
    addEventListener("keyup", onKey);
    addEventListener("blur", stop);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("keyup", onKey);
      removeEventListener("blur", stop);
      stop();
    };
  }, [sound, isOn]);
}
