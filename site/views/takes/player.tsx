import type { Page } from "../../design/page.ts";
import { playerText } from "../../i18n/takes.ts";

/** The transport. It is of no use without a script, and so is hidden until one has made it work. */
export function PlayerBar({ page }: { page: Page }) {
  const t = playerText[page.language];
  return (
    <div class="player" data-player hidden>
      <div class="player-main">
        <button class="round" type="button" data-do="start" aria-label={t.start} title={t.start}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M5 5h3v14H5zM20 5v14L9 12z" />
          </svg>
        </button>
        <button
          class="round main"
          id="play"
          type="button"
          data-do="play"
          aria-label={t.play}
          aria-keyshortcuts="Space"
          title={t.playKey}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path class="when-paused" d="M7 4v16l13-8z" />
            <path class="when-playing" d="M6 4h4v16H6zM14 4h4v16h-4z" />
          </svg>
        </button>
        <dl class="counters">
          <div>
            <dt class="small soft">{t.bar}</dt>
            <dd class="instrument" data-bar>
              1.1
            </dd>
          </div>
          <div>
            <dt class="small soft">{t.timecode}</dt>
            <dd class="instrument" data-timecode>
              00:00:00:00
            </dd>
          </div>
        </dl>
        <span class="mix-meter" data-meter aria-hidden="true" />
      </div>
      <p class="player-state small" data-state role="status">
        {t.states.idle}
      </p>
      <div class="player-tools">
        <button
          class="tool"
          type="button"
          data-do="loop-in"
          title={t.loopIn}
          aria-label={t.loopIn}
          aria-keyshortcuts="I"
        >
          <kbd>I</kbd>
        </button>
        <button
          class="tool"
          type="button"
          data-do="loop-out"
          title={t.loopOut}
          aria-label={t.loopOut}
          aria-keyshortcuts="O"
        >
          <kbd>O</kbd>
        </button>
        <button class="tool" type="button" data-do="loop" aria-pressed="false">
          {t.loop} <kbd>L</kbd>
        </button>
        <span class="small instrument soft" data-loop-range />
        <button
          class="tool"
          type="button"
          data-do="click"
          aria-pressed="false"
          aria-keyshortcuts="C"
          title={t.clickKey}
        >
          {t.click} <kbd>C</kbd>
        </button>
        <button class="tool" type="button" data-do="half" aria-pressed="false" aria-keyshortcuts="H" title={t.halfKey}>
          {t.half} <kbd>H</kbd>
        </button>
        <span class="zoom">
          <button class="tool" type="button" data-do="zoom-out" title={t.zoomOut} aria-label={t.zoomOut}>
            −
          </button>
          <button class="tool" type="button" data-do="fit">
            {t.fit}
          </button>
          <button class="tool" type="button" data-do="zoom-in" title={t.zoomIn} aria-label={t.zoomIn}>
            +
          </button>
        </span>
      </div>
      <section class="pan" data-pan tabindex={0} aria-label={t.view} hidden>
        <div data-pan-size />
      </section>
    </div>
  );
}
