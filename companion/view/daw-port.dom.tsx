/** A DAW at a port of the browser: its port and its language, whether it is there, and what is wrong. Loaded once somebody has asked for the ports. */
import type { MidiLanguage } from "../engine/midi/midi-drivers.std.ts";
import { later } from "./later.dom.tsx";
import { Choice, type ViewProps } from "./parts.dom.tsx";
import { de } from "./words/daw-port.de.std.ts";
import { type DawPortWords, en } from "./words/daw-port.en.std.ts";

const dawPortWords = (): DawPortWords => (document.documentElement.lang === "de" ? de : en);

/** With what reads a DAW's messages, which nobody needs before a port is there. */
const Roll = later<Pick<ViewProps, "session">>(() => import("./test-roll.dom.tsx").then((parts) => parts.Roll));

/** As `midiLanguages`, without the drivers that come with it. */
const languages = ["mmc", "mackie", "clock", "mtc"] as const satisfies readonly MidiLanguage[];

export function DawPort({ session }: Pick<ViewProps, "session">) {
  const { daw } = session;
  const t = dawPortWords();
  const { power, trouble, ports, profiles, choice, report, roll } = daw.state.value;
  const profile = profiles.find(({ id }) => id === choice.profile);
  return (
    <>
      {trouble === null ? null : (
        <p role="alert" class="view-trouble">
          {t.troubles[trouble]}
        </p>
      )}
      {power === "choosing" && ports.length === 0 ? (
        <>
          <p>{t.none}</p>
          <p class="actions">
            <button type="button" class="button small" onClick={() => void daw.ask()}>
              {t.again}
            </button>
          </p>
        </>
      ) : null}
      {power === "choosing" && ports.length > 0 ? (
        <form
          class="view-devices"
          onSubmit={(event) => {
            event.preventDefault();
            void daw.connect();
          }}
        >
          <Choice
            label={t.port}
            value={choice.port}
            options={ports.map((port) => [port, port])}
            choose={(port) => daw.choose({ port })}
          />
          <Choice
            label={t.daw}
            value={choice.profile}
            options={[["", t.other], ...profiles.map(({ id, name }) => [id, name] as const)]}
            choose={(id) => daw.choose({ profile: id })}
          />
          <Choice
            label={t.language}
            value={choice.language}
            options={languages.map((one) => [one, t.languages[one]])}
            choose={(one) => daw.choose({ language: languages.find((known) => known === one) ?? "mmc" })}
          />
          {profile === undefined ? null : <p class="soft">{t.switchOn(profile.name, profile.switchOn)}</p>}
          <Roll session={session} />
          <button type="submit" class="button small" disabled={typeof roll === "string"}>
            {t.use}
          </button>
        </form>
      ) : null}
      {power === "on" ? (
        <>
          <p>{t.on(choice.port, t.languages[choice.language])}</p>
          <p class="soft" role="status">
            {report === null
              ? t.measuring
              : `${report.offMs === null ? t.noPlace : t.off(report.offMs.toFixed(1))} · ${t.presses(report.presses)}`}
          </p>
          <p class="actions">
            <button type="button" class="button quiet small" onClick={() => daw.disconnect()}>
              {t.stop}
            </button>
          </p>
        </>
      ) : null}
    </>
  );
}
