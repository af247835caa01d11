/** The driver path of a person's sound, and its delay. */
import { driverPathOf } from "./driver-path.std.ts";
import type { ViewProps } from "./parts.dom.tsx";
import { de } from "./words/way.de.std.ts";
import { en, type WayWords } from "./words/way.en.std.ts";

const wayWords = (): WayWords => (document.documentElement.lang === "de" ? de : en);

/** Which path a device is reached by, how much later that makes everything, and what to choose. */
export function Path({ session }: Pick<ViewProps, "session">) {
  const t = wayWords();
  const { sound } = session;
  const { userAgentData }: { userAgentData?: { platform: string; mobile: boolean } } = navigator as object;
  const { outputId } = sound.state.value;
  const output = sound.outputs.value.find(({ deviceId }) => deviceId === (outputId === "" ? "default" : outputId));
  const isMobile = userAgentData?.mobile ?? false;
  const [name, choose] = t.path[driverPathOf(userAgentData?.platform ?? navigator.platform, isMobile, output?.label)];
  const trip = sound.trip.value;
  const toldMs = sound.deviceMs.value;
  const delay =
    trip !== null
      ? t.measured(trip.ms.toFixed(1), trip.errorMs.toFixed(1))
      : toldMs !== null
        ? t.told(toldMs.toFixed(0))
        : null;
  return (
    <p class="soft view-path">
      {name}
      {delay === null ? null : (
        <>
          , <span class="instrument">{delay}</span>
        </>
      )}
      : {choose}. {delay === null ? t.unknown : ""}
    </p>
  );
}
