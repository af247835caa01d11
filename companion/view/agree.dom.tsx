/** The four words of the room (P65): read them to each other, and know that nobody is between you. */
import { useState } from "preact/hooks";
import { agreeWords } from "./agree-words.dom.ts";
import { Ask } from "./ask.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";

export function Agree({ session }: Pick<ViewProps, "session">) {
  const t = agreeWords();
  const [differ, setDiffer] = useState(false);
  const { state, words: four, isCompared, changed } = session.sound.agreement.value;
  if (state === "alone") return null;
  return (
    <section class={`view-agree ${state}`} aria-label={t.label}>
      <h3>{t.label}</h3>
      {state === "agreeing" ? <p class="soft">{t.agreeing}</p> : null}
      {state === "broken" ? (
        <p role="alert" class="view-trouble">
          {t.broken}
        </p>
      ) : null}
      {state === "agreed" ? (
        <>
          <p class="view-four instrument" translate={false}>
            {four.map((word) => (
              <span key={word}>{word} </span>
            ))}
          </p>
          {changed === null ? null : <p role="status">{t.changed[changed]}</p>}
          <p class="soft">{isCompared ? t.isCompared : t.how}</p>
          {isCompared ? null : (
            <p class="view-line">
              <button type="button" class="tool" onClick={() => session.sound.compare()}>
                {t.compared}
              </button>
              <button type="button" class="tool" onClick={() => setDiffer(true)}>
                {t.differ}
              </button>
            </p>
          )}
        </>
      ) : null}
      {differ ? (
        <Ask
          title={t.differ}
          text={t.differText}
          yes={t.turnOff}
          no={t.stay}
          answer={(isYes) => {
            setDiffer(false);
            if (!isYes) return;
            if (session.takes.status.value.armed) session.takes.arm(false);
            session.sound.turnOff();
          }}
        />
      ) : null}
    </section>
  );
}
