/** The session's chat: each line with who, when and at which bar. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CHAT_TEXT_MAX_CHARS } from "../../protocol/limits.ts";
import { accentClass, barsOf, nameOf, type ViewProps } from "./parts.dom.tsx";

/** Nearer to the end than this, a new line scrolls into view; further up somebody is reading. */
const NEAR_END_PX = 80;

export function Chat({ session, state, words, language }: ViewProps) {
  const t = words.chat;
  const list = useRef<HTMLOListElement>(null);
  const nearEnd = useRef(true);
  const [text, setText] = useState("");
  useEffect(() => {
    const box = list.current;
    if (box !== null && nearEnd.current) box.scrollTop = box.scrollHeight;
  }, [state.chat.length]);
  const names = state.members.map(({ displayName }) => displayName).join("\n");
  // Thousands of lines are drawn when there is another one, and not whenever a level moves.
  const lines = useMemo(() => {
    if (state.chat.length === 0) return [];
    // The first one takes tens of milliseconds: a page that has no line draws without.
    const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    return state.chat.map((line) => (
      <li key={line.seq} class={`who-is ${accentClass(state, line.from)}`}>
        <p class="soft">
          <span class="name">{nameOf(state, line.from, words)}</span>
          <time class="instrument" dateTime={new Date(line.atMs).toISOString()}>
            {time.format(line.atMs)}
          </time>
          <span class="instrument">{t.atBar(barsOf(state.timeline.map).label(line.positionFrames))}</span>
        </p>
        <p class="spoken" dir="auto">
          {line.text}
        </p>
      </li>
    ));
  }, [state.chat, state.accents, state.timeline.map, names, words, language]);
  const send = () => {
    const wanted = text.trim();
    if (wanted !== "" && session.chat(wanted)) setText("");
  };
  return (
    <section class="view-chat" aria-label={t.label}>
      <h2>{t.label}</h2>
      <ol
        ref={list}
        aria-live="polite"
        aria-label={t.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          nearEnd.current = scrollTop + clientHeight > scrollHeight - NEAR_END_PX;
        }}
      >
        {lines}
      </ol>
      {state.chat.length === 0 ? <p class="soft view-empty">{t.empty}</p> : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          id="view-chat"
          rows={2}
          maxLength={CHAT_TEXT_MAX_CHARS}
          placeholder={t.placeholder}
          aria-label={t.placeholder}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              send();
            }
          }}
        />
        <button type="submit" class="button small" disabled={text.trim() === ""}>
          {t.send}
        </button>
      </form>
      {text.length > CHAT_TEXT_MAX_CHARS * 0.8 ? <p class="soft instrument">{t.sofar(text.length)}</p> : null}
    </section>
  );
}
