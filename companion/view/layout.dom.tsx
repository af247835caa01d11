/** How a person has the window: the edge of the side panel, to drag or to move by keys, and the way to forget what was kept. */
import type { ViewProps } from "./parts.dom.tsx";
import { SIDE_MAX_PX, SIDE_MIN_PX } from "./settings.std.ts";
import { de } from "./words/layout.de.std.ts";
import { en, type LayoutWords } from "./words/layout.en.std.ts";

const STEP_PX = 24;

export type LayoutProps = Pick<ViewProps, "session">;

const layoutWords = (): LayoutWords => (document.documentElement.lang === "de" ? de : en);

export function Split({ session }: LayoutProps) {
  const t = layoutWords();
  const { sidePx } = session.layout.value;
  const set = (px: number | null) => {
    const within = px === null ? null : Math.round(Math.min(SIDE_MAX_PX, Math.max(SIDE_MIN_PX, px)));
    session.layout.value = { ...session.layout.value, sidePx: within };
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; this is the pattern of a window splitter (WAI-ARIA APG)
    <div
      class="view-split"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t.split}
      title={t.split}
      aria-valuemin={SIDE_MIN_PX}
      aria-valuemax={SIDE_MAX_PX}
      aria-valuenow={sidePx ?? SIDE_MIN_PX}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={({ currentTarget, pointerId, clientX }) => {
        if (currentTarget.hasPointerCapture(pointerId)) set(document.documentElement.clientWidth - clientX);
      }}
      onDblClick={() => set(null)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: STEP_PX, ArrowRight: -STEP_PX }[event.key];
        if (by === undefined && event.key !== "Enter") return;
        // The arrows move the edge, and not the playhead as well.
        event.stopPropagation();
        event.preventDefault();
        const widthPx = event.currentTarget.parentElement?.getBoundingClientRect().width ?? SIDE_MIN_PX;
        set(by === undefined ? null : widthPx + by);
      }}
    />
  );
}

export function Kept({ session }: LayoutProps) {
  const t = layoutWords();
  const forget = session.forget.value;
  if (forget === null) return null;
  return (
    <p class="soft">
      {t.kept}{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          forget();
          session.say("forgotten", false);
        }}
      >
        {t.forget}
      </button>
    </p>
  );
}
