/** A controller's part of the view: connect one over the browser's MIDI, show it a control, and press or move that from then on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { askForMidi, type MidiAccess } from "../engine/midi/web-midi-port.dom.ts";
import {
  keepLearned,
  type Learned,
  numberAt,
  Presses,
  readLearned,
  readMidi,
  type Told,
  withLearned,
} from "./midi-learn.std.ts";
import { de, en } from "./words/learn.std.ts";

/** What can be pressed or moved. A field for text is written in, and is no control; a number with bounds can be turned. */
const CONTROLS =
  "button, a, summary, select, input:is([type=range], [type=checkbox], [type=radio], [type=number][min][max])";
/** A number is said once the knob rests: others need not hear of all that lies between. */
const RESTS_MS = 200;
const resting = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();
const OWN = ".view-learn, .view-toasts";

const controlAt = (target: EventTarget | null) => {
  const control = target instanceof Element ? target.closest<HTMLElement>(CONTROLS) : null;
  return control?.closest(OWN) === null ? control : null;
};

const nameOf = (control: HTMLElement) => {
  const { labels = null } = control as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> | null };
  const [label] = labels ?? [];
  const said =
    control.getAttribute("aria-label") ?? (label?.firstElementChild ?? label)?.textContent ?? control.textContent;
  return (said ?? "").trim().replace(/\s+/g, " ").slice(0, 200);
};

/** The same in each of a control's states: play is stop while the session rolls. */
const keyOf = (control: HTMLElement) =>
  control.dataset.control ?? control.getAttribute("aria-keyshortcuts") ?? (control.id || nameOf(control));

/** Does with a control what a hand would. One that is not on screen, or cannot be pressed just now, is left alone. */
function move(key: string, value: number, isPress: boolean): void {
  const sheet = document.querySelector("dialog[open]");
  const control = [...(sheet ?? document).querySelectorAll<HTMLElement>(CONTROLS)].find(
    (one) => controlAt(one) === one && keyOf(one) === key && !one.matches(":disabled"),
  );
  if (control instanceof HTMLSelectElement) {
    const at = Math.round(value * (control.options.length - 1));
    if (control.selectedIndex === at) return;
    control.selectedIndex = at;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (control instanceof HTMLInputElement && control.type === "range") {
    const [min, max] = [Number(control.min), Number(control.max)];
    control.value = String(min + value * (max - min));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (control instanceof HTMLInputElement && control.type === "number") {
    const [min, max, step] = [Number(control.min), Number(control.max), Number(control.step) || 1];
    control.value = numberAt(value, { min, max, step });
    clearTimeout(resting.get(control));
    resting.set(
      control,
      setTimeout(() => control.dispatchEvent(new Event("change", { bubbles: true })), RESTS_MS),
    );
  } else if (isPress) control?.click();
}

export function MidiLearn() {
  const t = document.documentElement.lang === "de" ? de : en;
  const [access, setAccess] = useState<MidiAccess | "old-browser" | "denied" | null>(null);
  const [ports, setPorts] = useState<readonly string[]>([]);
  const [learned, setLearned] = useState<Learned>(() => readLearned(localStorage));
  const [learns, setLearns] = useState(false);
  const [chosen, setChosen] = useState<{ key: string; name: string } | null>(null);
  const [presses] = useState(() => new Presses());
  const keep = (next: Learned) => {
    setLearned(next);
    keepLearned(localStorage, next);
  };
  const take = useRef<(told: Told) => void>(() => undefined);
  take.current = (told) => {
    const isPress = presses.take(told);
    if (learns) {
      if (chosen === null) return;
      keep(withLearned(learned, told, chosen.key, chosen.name));
      setChosen(null);
    } else for (const { message, control } of learned) if (message === told.message) move(control, told.value, isPress);
  };

  useEffect(() => {
    // Whoever allowed it at an earlier visit plays on.
    if (learned.length === 0) return;
    const asked = { name: "midi", sysex: true } as unknown as PermissionDescriptor;
    navigator.permissions.query(asked).then(
      async ({ state }) => state === "granted" && setAccess(await askForMidi()),
      () => undefined,
    );
  }, []);
  useEffect(() => {
    if (access === null || typeof access === "string") return;
    const listen = () => {
      const inputs = [...access.inputs.values()].filter(({ state }) => state === "connected");
      for (const input of inputs)
        input.onmidimessage = ({ data }) => {
          const told = data === null ? null : readMidi(data);
          if (told !== null) take.current(told);
        };
      setPorts(inputs.map(({ name }) => name ?? "MIDI"));
    };
    listen();
    access.addEventListener("statechange", listen);
    return () => {
      access.removeEventListener("statechange", listen);
      for (const input of access.inputs.values()) input.onmidimessage = null;
    };
  }, [access]);
  useEffect(() => {
    if (!learns) return;
    const choose = (event: Event) => {
      const control = controlAt(event.target);
      if (control === null) return;
      setChosen({ key: keyOf(control), name: nameOf(control) });
      if (event.type === "focusin") return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("focusin", choose);
    // A choice would open at the first, a slider would move; a button is pressed at the last.
    document.addEventListener("mousedown", choose, { capture: true });
    document.addEventListener("click", choose, { capture: true });
    return () => {
      document.removeEventListener("focusin", choose);
      document.removeEventListener("mousedown", choose, { capture: true });
      document.removeEventListener("click", choose, { capture: true });
    };
  }, [learns]);

  const isOn = access !== null && typeof access !== "string";
  return (
    <section class="view-learn" aria-label={t.label}>
      <h2>{t.label}</h2>
      {typeof access === "string" ? (
        <p role="alert" class="view-trouble">
          {t.troubles[access]}
        </p>
      ) : null}
      {isOn ? (
        <>
          <p class="soft" role="status">
            {ports.length === 0 ? t.none : t.ports(ports.join(", "))}
          </p>
          <p class="actions">
            <button
              type="button"
              class="tool"
              aria-pressed={learns}
              onClick={() => {
                setLearns(!learns);
                setChosen(null);
              }}
            >
              {t.learn}
            </button>
          </p>
          {learns ? <p role="status">{chosen === null ? t.choose : t.now(chosen.name)}</p> : null}
        </>
      ) : (
        <>
          <p class="soft">{t.before}</p>
          <p class="actions">
            <button type="button" class="button quiet small" onClick={() => void askForMidi().then(setAccess)}>
              {t.connect}
            </button>
          </p>
        </>
      )}
      {learned.length === 0 ? null : (
        <ul aria-label={t.list}>
          {learned.map((one) => {
            const [kind = "", channel = "", number = ""] = one.message.split(/[ .]/);
            return (
              <li key={one.message} class="view-line">
                <span>{one.name}</span>
                <span class="soft">{t.message(kind, channel, number)}</span>
                <button
                  type="button"
                  class="tool"
                  aria-label={t.forget(one.name)}
                  onClick={() => keep(learned.filter(({ message }) => message !== one.message))}
                >
                  ×
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
