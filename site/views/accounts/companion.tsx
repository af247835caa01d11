import { href, type Page } from "../../design/page.ts";
import { words } from "../../i18n/language.ts";
import { EntryPage, LineField } from "./parts.tsx";

const text = words({
  en: {
    title: "Let the companion in",
    lead: "The program on your machine asks to be signed in as you. It gets a key of its own, kept in your system’s keychain; you can take it back in your account.",
    picture: "Two tracks that become one at the playhead: this browser, and the program beside it.",
    clips: ["This browser", "The companion"],
    asks: (label: string) => `${label} asks to be signed in as`,
    warn: "Allow it only if you started it yourself a moment ago, on this machine.",
    warnDevice: "Allow it only if you see this code on a device of yours, now.",
    allow: "Let it in",
    deny: "No",
    bad: "This request is not valid. Start the sign-in again from the companion.",
    device: "Sign in a device",
    deviceLead: "A companion without a screen of its own shows a code of eight letters. Type it here.",
    code: "The code on the device",
    codeHint: "Eight letters, like WDJB-MJHT",
    next: "Continue",
    unknown: "No device is waiting under this code. A code lasts ten minutes; the device may show a new one by now.",
    tries: "Too many tries. Wait a minute, then type it again.",
    approved: "Done. The device goes on by itself.",
    denied: "Refused. If you did not start it, somebody else may have tried. There is nothing more for you to do.",
    account: "Your devices",
  },
  de: {
    title: "Companion anmelden",
    lead: "Das Programm auf deinem Rechner möchte als du angemeldet werden. Es bekommt einen eigenen Schlüssel, der im Schlüsselbund deines Systems liegt. Abmelden kannst du es jederzeit in deinem Konto.",
    picture: "Zwei Spuren, die am Abspielkopf eine werden: dieser Browser und das Programm daneben.",
    clips: ["Dieser Browser", "Der Companion"],
    asks: (label: string) => `${label} möchte angemeldet werden als`,
    warn: "Erlaube es nur, wenn du es gerade selbst auf diesem Rechner gestartet hast.",
    warnDevice: "Erlaube es nur, wenn du diesen Code gerade auf einem Gerät von dir siehst.",
    allow: "Anmelden",
    deny: "Nein",
    bad: "Diese Anfrage ist ungültig. Beginne die Anmeldung im Companion noch einmal.",
    device: "Ein Gerät anmelden",
    deviceLead: "Ein Companion ohne eigenen Bildschirm zeigt einen Code aus acht Buchstaben. Tipp ihn hier ein.",
    code: "Der Code auf dem Gerät",
    codeHint: "Acht Buchstaben, wie WDJB-MJHT",
    next: "Weiter",
    unknown:
      "Unter diesem Code wartet kein Gerät. Ein Code gilt zehn Minuten; vielleicht zeigt das Gerät schon einen neuen.",
    tries: "Zu viele Versuche. Warte eine Minute und tipp ihn noch einmal.",
    approved: "Erledigt. Das Gerät macht von selbst weiter.",
    denied: "Abgelehnt. Warst du das nicht, hat es vielleicht jemand anders versucht. Du musst nichts weiter tun.",
    account: "Deine Geräte",
  },
});

function picture(page: Page, isAhead: boolean) {
  const t = text[page.language];
  const [here = "", there = ""] = t.clips;
  const clips = [
    { label: here, from: 0, to: 1, track: 0, person: 1 },
    { label: there, from: 0.42, to: 1, track: 1, person: 2, isAhead },
  ];
  return { label: t.picture, clips, now: 0.42 };
}

function Question({ page, label, warn }: { page: Page; label: string; warn: string }) {
  const t = text[page.language];
  return (
    <>
      <p>
        {t.asks(label)} <strong>{page.account?.displayName}</strong>.
      </p>
      <p class="note">{warn}</p>
      <div class="actions">
        <button class="button" type="submit" name="decision" value="allow">
          {t.allow}
        </button>
        <button class="button quiet" type="submit" name="decision" value="deny">
          {t.deny}
        </button>
      </div>
    </>
  );
}

/** RFC 8252: the person is asked, each time, before a program gets a key. `request` is `null` if it did not fit. */
export function Authorize({ page, request }: { page: Page; request: Record<string, string> | null }) {
  const t = text[page.language];
  return (
    <EntryPage page={page} title={t.title} lead={t.lead} picture={picture(page, true)}>
      {request === null ? (
        <p class="notice" role="alert">
          {t.bad}
        </p>
      ) : (
        <form class="stack" method="post" action={href(page, "/companion/authorize")}>
          {Object.entries(request).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <Question page={page} label={request.label ?? ""} warn={t.warn} />
        </form>
      )}
    </EntryPage>
  );
}

export type DeviceState = "ask" | "unknown" | "tries" | "approved" | "denied";

/** RFC 8628: first the code, then the question with the device's own name, then the end of it. */
export function Device({
  page,
  state,
  code,
  device,
}: {
  page: Page;
  state: DeviceState;
  code: string;
  device: { userCode: string; label: string } | null;
}) {
  const t = text[page.language];
  const isOver = state === "approved" || state === "denied";
  return (
    <EntryPage page={page} title={t.device} lead={t.deviceLead} picture={picture(page, state !== "approved")}>
      {isOver ? (
        <div class="stack">
          <p class={state === "approved" ? "notice good" : "notice"} role="status">
            {t[state]}
          </p>
          <a class="button quiet" href={href(page, "/account#devices")}>
            {t.account}
          </a>
        </div>
      ) : device === null ? (
        <form class="stack" method="post" action={href(page, "/device")} novalidate>
          <LineField
            name="code"
            label={t.code}
            hint={t.codeHint}
            value={code}
            maxlength={20}
            autocomplete="off"
            problem={state === "ask" ? undefined : t[state === "tries" ? "tries" : "unknown"]}
          />
          <button class="button wide" type="submit">
            {t.next}
          </button>
        </form>
      ) : (
        <form class="stack" method="post" action={href(page, "/device")}>
          <p class="code instrument">{`${device.userCode.slice(0, 4)}-${device.userCode.slice(4)}`}</p>
          <input type="hidden" name="code" value={device.userCode} />
          <Question page={page} label={device.label} warn={t.warnDevice} />
        </form>
      )}
    </EntryPage>
  );
}
