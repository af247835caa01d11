/** What a person does with a stem that their browser recorded: share it, hold it, take it back, save it. */
import { useState } from "preact/hooks";
import { length } from "../../audio/timeline.ts";
import type { Sharing } from "../engine/stems/stem.std.ts";
import { Ask } from "./ask.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import { recordWords } from "./record-words.dom.ts";
import type { OwnStem } from "./view-takes.dom.ts";
import type { RecordWords } from "./words/record.en.std.ts";

type Doing = "share" | "pause" | "resume" | "withdraw" | "forget";

/** What can be done about a stem, by what was decided about it. */
const doings: Record<Sharing, readonly Doing[]> = {
  local: ["share", "forget"],
  wanted: ["pause", "withdraw"],
  paused: ["resume", "withdraw"],
  shared: ["withdraw", "forget"],
  withdrawing: [],
  withdrawn: ["share", "forget"],
};

/** Nothing where it is somebody else's, or was recorded elsewhere. */
export function OwnActions({ session, recordingId }: ViewProps & { recordingId: string }) {
  const t = recordWords();
  const [asked, setAsked] = useState<Doing | null>(null);
  const own = session.takes.stems.value.find(({ stem }) => stem.recordingId === recordingId);
  if (own === undefined) return null;
  const { stem, progress } = own;
  const id = stem.recordingId;
  const name: Record<Doing, string> = {
    share: t.share,
    pause: t.pause,
    resume: t.resume,
    withdraw: t.takeBack,
    forget: t.forget,
  };
  const press = (doing: Doing) => {
    if (doing === "pause" || doing === "resume") session.takes.command({ type: doing, recordingId: id });
    else setAsked(doing);
  };
  return (
    <span class="view-own-stem">
      <span class="soft">{standOf(own, t)}</span>
      {progress !== null && progress.totalBytes !== null && stem.sharing === "wanted" ? (
        <progress aria-label={t.progress(stem.name)} value={progress.sentBytes / progress.totalBytes} max={1} />
      ) : null}
      {doings[stem.sharing]
        // To share a take its owner needs an account.
        .filter((doing) => !session.isGuest || doing !== "share")
        .map((doing) => (
          <button key={doing} type="button" class="tool" onClick={() => press(doing)}>
            {name[doing]}
          </button>
        ))}
      <button type="button" class="tool" onClick={() => void session.takes.save(stem)}>
        {t.save}
      </button>
      {asked === null ? null : (
        <Ask
          title={asked === "share" ? t.shareTitle : asked === "forget" ? t.forgetTitle : t.takeBackTitle}
          text={
            asked === "share"
              ? t.shareText
              : asked === "forget"
                ? t.forgetText(stem.sharing === "shared")
                : t.takeBackText
          }
          yes={name[asked]}
          no={t.cancel}
          isDanger={asked !== "share"}
          answer={(isYes) => {
            setAsked(null);
            if (!isYes) return;
            if (asked === "forget") session.takes.forget(id);
            else session.takes.command({ type: asked, recordingId: id });
          }}
        />
      )}
    </span>
  );
}

function standOf({ stem, progress }: OwnStem, t: RecordWords): string {
  if (stem.sharing === "local") return stem.repaired ? `${t.here}, ${t.repaired}` : t.here;
  if (stem.sharing === "shared") return t.states.complete;
  if (stem.sharing === "withdrawn" || stem.sharing === "withdrawing") return t.states.withdrawn;
  if (progress === null) return stem.sharing === "paused" ? t.states.paused : t.states.uploading;
  const { state, sentBytes, totalBytes, secondsLeft } = progress;
  if (state !== "uploading" || totalBytes === null) return t.states[state];
  return t.onItsWay(
    Math.floor((sentBytes / totalBytes) * 100),
    secondsLeft === null ? "" : length(secondsLeft * 48_000),
  );
}
