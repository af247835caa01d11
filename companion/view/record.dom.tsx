/** One's own recording: what is armed, by what name, how much of what was played before belongs to it, and whether it is shared at once. */
import { useEffect, useState } from "preact/hooks";
import { fileNameOf } from "../../protocol/file-name.ts";
import { RECORDING_NAME_MAX_CHARS } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import { Ask } from "./ask.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import { recordWords } from "./record-words.dom.ts";

const PRE_ROLL_SECONDS = [10, 5, 0] as const;
/** " take 12 a1b2 (3)" is added to it, and it is a file's name. */
const NAME_MAX_CHARS = Math.min(32, RECORDING_NAME_MAX_CHARS);

/** A name for a file: what a disk cannot have is replaced. Empty where nothing was typed. */
const cleaned = (name: string) => (name.trim() === "" ? "" : fileNameOf(name));

export function Record({ session, state, words }: ViewProps) {
  const t = recordWords();
  const { sound, takes } = session;
  const { armed } = takes.status.value;
  const { channels } = sound.state.value;
  const name = takes.inputName.value || t.inputDefault;
  const [asks, setAsks] = useState(false);
  useEffect(() => takes.setInput(cleaned(name) || t.inputDefault, channels !== "both"), [takes, name, channels, t]);
  if (!takes.canRecord || state.role === null || !may(state.role, "record")) return null;
  const disk = takes.disk.value;
  if (disk !== "here")
    return (
      <fieldset class="view-record">
        <legend>{t.label}</legend>
        <p role="alert" class="view-trouble">
          {t.disk[disk]}
        </p>
        {disk === "full" ? (
          <button type="button" class="button quiet small" onClick={() => takes.look()}>
            {t.disk.again}
          </button>
        ) : null}
      </fieldset>
    );
  return (
    <fieldset class="view-record">
      <legend>{t.label}</legend>
      <div class="view-arm">
        <button
          type="button"
          class="tool arm"
          data-control="arm"
          aria-pressed={armed}
          disabled={!state.settings.recordingPermitted && !armed}
          title={state.settings.recordingPermitted ? t.armNote : words.notPermitted}
          onClick={() => takes.arm(!armed)}
        >
          <span aria-hidden="true">●</span> {armed ? t.armed : t.arm}
        </button>
        <input
          class="input-name"
          dir="auto"
          aria-label={t.inputName}
          maxLength={NAME_MAX_CHARS}
          value={name}
          onChange={(event) => {
            takes.inputName.value = cleaned(event.currentTarget.value);
          }}
        />
      </div>
      <label class="view-line">
        <span>{t.preRoll}</span>
        <select
          value={takes.preRollSeconds}
          onChange={(event) => {
            takes.preRollSeconds = Number(event.currentTarget.value);
          }}
        >
          {PRE_ROLL_SECONDS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {t.seconds(seconds)}
            </option>
          ))}
        </select>
      </label>
      {session.isGuest ? null : (
        <label class="view-line">
          <input
            type="checkbox"
            checked={takes.sharesAsItRecords.value}
            onChange={(event) => {
              if (!event.currentTarget.checked) takes.command({ type: "share-as-i-record", on: false });
              else {
                event.currentTarget.checked = false;
                setAsks(true);
              }
            }}
          />
          <span>{t.shareAsIRecord}</span>
        </label>
      )}
      <p class="soft">{session.isGuest ? t.guest : t.armNote}</p>
      {asks ? (
        <Ask
          title={t.shareAsIRecord}
          text={t.shareText}
          yes={t.share}
          no={t.cancel}
          answer={(isYes) => {
            setAsks(false);
            if (isYes) takes.command({ type: "share-as-i-record", on: true });
          }}
        />
      ) : null}
    </fieldset>
  );
}
