/** Copies: what owners wish gone, to obey or to keep; and in the desktop app what of the others' comes to this computer. */
import type { DeliveryReport } from "../engine/delivery/delivery-report.std.ts";
import { accentClass, nameOf, type ViewProps } from "./parts.dom.tsx";
import { de } from "./words/copies.de.std.ts";
import { type CopiesWords, en } from "./words/copies.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
const copiesWords = (): CopiesWords => (document.documentElement.lang === "de" ? de : en);

export function Wishes({ session, state, language }: ViewProps) {
  const t = copiesWords();
  const { copies } = session;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const called = (name: string | null) => name ?? t.unnamed;
  return (
    <section class="view-wishes" aria-label={t.wishes}>
      <h2>{t.wishes}</h2>
      <ul>
        {copies.wishes.value.map(({ recordingId, name, memberId, wishedAtMs, isHere }) => {
          const who = state.members.find((member) => member.memberId === memberId)?.displayName ?? null;
          return (
            <li key={recordingId} class={`card who-is ${accentClass(state, memberId)}`}>
              <p>{t.wish(called(name), who, date.format(wishedAtMs))}</p>
              <p class="soft">{isHere ? t.here : t.elsewhere}</p>
              <p class="actions">
                <button
                  type="button"
                  class="button quiet small"
                  onClick={() => void copies.answer(recordingId, "deleted")}
                >
                  {isHere ? t.obeyHere : t.obeyElsewhere}
                </button>
                <button
                  type="button"
                  class="button quiet small"
                  onClick={() => void copies.answer(recordingId, "kept")}
                >
                  {t.keep}
                </button>
              </p>
            </li>
          );
        })}
      </ul>
      <div role="status">
        {copies.receipts.value.map(({ recordingId, name, answer, atMs }) => (
          <p key={recordingId} class="soft">
            {t.receipt(called(name), answer, time.format(atMs))}
          </p>
        ))}
      </div>
    </section>
  );
}

/** By person, and for each of them by stem; what is off stays on the server until somebody wants it. */
export function Deliveries({ session, state, words }: ViewProps) {
  const t = copiesWords();
  const report = session.copies.deliveries.value;
  if (report === null) return null;
  const { copies } = session;
  const people = [...new Set(report.stems.map(({ memberId }) => memberId))];
  return (
    <section class="view-deliveries" aria-label={t.deliveries}>
      <h2>{t.deliveries}</h2>
      <p class="soft instrument">{t.free(sizeOf(report.freeBytes))}</p>
      {people.length === 0 ? <p class="soft">{t.none}</p> : null}
      {people.map((memberId) => {
        const stems = report.stems.filter((stem) => stem.memberId === memberId);
        const size = sizeOf(stems.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
        return (
          <details key={memberId} class={`who-is ${accentClass(state, memberId)}`}>
            <summary class="view-from">{t.from(nameOf(state, memberId, words), size)}</summary>
            <ul>
              <li>
                <Wanted
                  label={t.all}
                  isOn={stems.some(({ state: stands }) => stands !== "declined")}
                  set={(wanted) => copies.choose(memberId, wanted)}
                />
              </li>
              {stems.map((stem) => (
                <li key={stem.recordingId}>
                  <StemLine stem={stem} session={session} t={t} />
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </section>
  );
}

interface LineProps {
  stem: DeliveryReport["stems"][number];
  session: ViewProps["session"];
  t: CopiesWords;
}

function StemLine({ stem, session, t }: LineProps) {
  const { recordingId, name, sizeBytes, state } = stem;
  return (
    <span class="view-delivery">
      {state === "here" ? (
        <span>{name}</span>
      ) : (
        <Wanted label={name} isOn={state !== "declined"} set={(wanted) => session.copies.choose(recordingId, wanted)} />
      )}
      <span class="instrument soft">{sizeOf(sizeBytes)}</span>
      <span class="soft">{t.states[state]}</span>
      {state === "asked" ? (
        <button
          type="button"
          class="tool"
          aria-label={t.fetchNamed(name)}
          onClick={() => session.copies.fetch(recordingId)}
        >
          {t.fetch}
        </button>
      ) : null}
    </span>
  );
}

function Wanted({ label, isOn, set }: { label: string; isOn: boolean; set(wanted: boolean): void }) {
  return (
    <label class="view-line">
      <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** As disks are sold: decimal. */
const sizeOf = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
