import type { Page } from "playwright-core";
import type { Recording } from "../../protocol/recordings.ts";
import type { MemberStatus } from "../../protocol/room.ts";
import { listenAtTheWayOut } from "../ear.ts";
import { keepNoFiles } from "./no-files.ts";
import type { Shot } from "./shot.ts";
import { memberAt, type Scene, statusOf, stubRoom, takeAt } from "./stub-room.ts";
import type { World } from "./world.ts";

const playing = (status: Partial<MemberStatus> = {}) =>
  statusOf({ micLive: true, armed: true, latencyMs: 14.6, latencyErrorMs: 0.8, ...status });

const band = [
  { displayName: "Ada Lindqvist", status: playing() },
  { displayName: "Ben Okafor", status: playing({ latencyMs: 21.3 }) },
  { displayName: "Mira Sørensen", status: playing({ latencyMs: 33.9, latencyErrorMs: 2.1 }) },
];
const [ada, ben, mira] = [memberAt(0), memberAt(1), memberAt(2)];
const ofEight = (take: Recording): Recording => {
  return { ...take, format: { ...take.format, channels: 8 }, sizeBytes: 8 * (take.sizeBytes ?? 0) };
};
const takes = [
  takeAt(1, ada, "Guitar", 0, 16, 1),
  ofEight(takeAt(2, ben, "Drums", 0, 16, 1)),
  takeAt(3, mira, "Violin", 4, 8, 1),
  takeAt(4, ada, "Guitar", 16, 14, 2),
  takeAt(5, ben, "Drums", 16, 14, 2),
  takeAt(6, mira, "Violin", 18, 12, 2),
];
const keeper = takes[3]?.takeId ?? "";
const log: Scene["log"] = [
  { from: 1, body: { kind: "chat", text: "Once more from the chorus?" } },
  { from: 2, body: { kind: "chat", text: "Yes. I come in a bar later this time." } },
  { from: 0, body: { kind: "take-name", takeId: keeper, text: "The slow one" } },
  { from: 0, body: { kind: "take-star", takeId: keeper, starred: true } },
  {
    from: 2,
    body: {
      kind: "note",
      noteId: "00000000-0000-4000-8000-0000000000b1",
      text: "A little late here, I like it",
      about: { takeId: keeper, positionFrames: 96_000 * 21 },
    },
  },
  {
    from: 0,
    body: { kind: "note", noteId: "00000000-0000-4000-8000-0000000000b2", text: "Em  C  G  D\nlast chorus twice" },
  },
  {
    from: 1,
    body: {
      kind: "note",
      noteId: "00000000-0000-4000-8000-0000000000b3",
      text: "Drums out for two bars",
      about: { positionFrames: 96_000 * 14 },
    },
  },
];
/** Instead of the worker that records: one that only says how things stand with safety copies. */
const copyAt = (startedAtMs: number, more: object) => ({
  copyId: `00000000-0000-4000-8000-${String(startedAtMs).padStart(12, "0")}`,
  from: [ben, mira],
  startedAtMs,
  seconds: 28,
  untilMs: Date.UTC(2026, 11, 24),
  isHere: true,
  returnedSeconds: null,
  ...more,
});
const keepsCopies = `self.onmessage = ({ data: { command } }) => {
  if (command?.type === "copies") self.postMessage(${JSON.stringify({
    type: "event",
    event: {
      type: "safety-copies",
      report: {
        mine: true,
        others: true,
        keptBy: [ben, mira],
        keeping: [mira],
        held: 3,
        own: [
          copyAt(60_000, {}),
          copyAt(Date.UTC(2026, 10, 24, 20, 15), { from: [ben], isHere: false }),
          copyAt(Date.UTC(2026, 10, 24, 20, 40), { isHere: false, seconds: 180, returnedSeconds: 70 }),
        ],
        returned: [
          { startedAtMs: Date.UTC(2026, 10, 24, 19, 50), seconds: 252, missingMs: 0, foldedMs: 0 },
          { startedAtMs: Date.UTC(2026, 10, 24, 20, 2), seconds: 96, missingMs: 412, foldedMs: 2_100 },
        ],
      },
    },
  })});
};`;
/** A keyboard, whose hand is `window.strike`, and a synth, at ports of the browser. */
const INSTRUMENTS = `{
  const listeners = new Set();
  const newEnd = (name) => ({ name, state: "connected", onmidimessage: null, open: async () => {}, close: async () => {}, send() {} });
  const keys = newEnd("Keystation 61");
  window.strike = () => keys.onmidimessage({ data: Uint8Array.of(0x90, 60, 100), timeStamp: performance.now() });
  window.unplug = () => {
    keys.state = "disconnected";
    for (const listener of listeners) listener();
  };
  navigator.requestMIDIAccess = async () => ({
    inputs: new Map([["keys", keys]]),
    outputs: new Map([["synth", newEnd("Reface CP")]]),
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  });
}`;
/** Instead of the worker with the lanes: one in which two of the others play a note now and then. */
const playsNotes = `setInterval(() => {
  for (const [from, note] of ${JSON.stringify([
    [ben, 48],
    [mira, 67],
  ])})
    self.postMessage({ type: "note", from, bytes: Uint8Array.of(0x90, note, 100), atMs: performance.now() });
}, 200);`;
const evening: Scene = { people: band, takes, log };
/** A page that is isolated from others loads no worker that is not. */
const WORKER_HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};
const DEVICE_48 = "window.settings = { sampleRate: 48000 }";
const DEVICE_44 =
  "Object.assign(window, { settings: { sampleRate: 44100 }, capabilities: { channelCount: { max: 18 } } })";
const at = (bar: number) => ({ positionFrames: 96_000 * bar });

const crowd = [
  ...band,
  ...[
    "Kofi Mensah",
    "Ngozi Adeyemi",
    "Tom",
    "Γιώργος Παπαδόπουλος",
    "יעל כהן",
    "Yuki Tanaka",
    "Inés Robles",
    "Lars Holm",
    "Zoë Baker",
  ],
].map((one, index) =>
  typeof one === "string"
    ? { displayName: one, status: playing({ latencyMs: 9 + index * 3.7, recording: false }) }
    : one,
);
const thirty = Array.from({ length: 30 }, (_, index) => crowd[index] ?? { displayName: `Guest ${index + 1}` });

/** Asks the API for a link, as the page does whose person it is. */
const made = (what: string) => `fetch("/api/v1/sessions/${what}", { method: "POST" }).then((answer) => answer.json())`;

/** The live session's states. The page is the real one; what it is told is a scene (stub-room.ts). */
export function viewShots({ sessionId }: World): Shot[] {
  const path = `/sessions/${sessionId}/room`;
  const here = async (page: Page) => {
    await page.locator(".view-connection.here").waitFor();
    // Waveforms have come, and are drawn.
    await page.waitForLoadState("networkidle");
  };
  const scene = (name: string, what: Scene, act: Shot["act"] = here): Shot => ({
    name: `room ${name}`,
    who: "ada",
    path,
    prepare: (page) => stubRoom(page, what),
    act,
    anew: true,
  });
  /** With a device of the browser's own making, as `window.settings` and `window.capabilities` say it is. */
  const device = (name: string, what: string, act: Shot["act"]): Shot => ({
    ...scene(name, evening, act),
    prepare: async (page) => {
      await page.addInitScript(listenAtTheWayOut);
      await page.addInitScript(what);
      await stubRoom(page, evening);
    },
  });
  const turnOn = async (page: Page) => {
    await here(page);
    await page.locator(".view-sound .actions button").first().click();
    await page.locator(".view-own").waitFor();
  };
  const look = async (page: Page) => {
    await here(page);
    await page.locator(".view-sound .actions button").nth(1).click();
    await page.locator(".view-check .view-partner input:enabled").first().waitFor();
  };
  const disk = (state: "none" | "full"): Shot => {
    const shown = device(`disk ${state}`, DEVICE_48, async (page) => {
      await turnOn(page);
      await page.locator(".view-record .view-trouble").waitFor();
    });
    return {
      ...shown,
      prepare: async (page) => {
        await keepNoFiles(page, state);
        await shown.prepare?.(page);
      },
    };
  };
  /** What the browser says when it is asked for a microphone. */
  const refused = (name: string, error: string): Shot => ({
    ...scene(name, evening, async (page) => {
      await here(page);
      await page.locator(".view-sound .actions button").first().click();
      await page.locator(".view-trouble").waitFor();
    }),
    prepare: async (page) => {
      await page.addInitScript(
        `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", ${JSON.stringify(error)}); };`,
      );
      await stubRoom(page, evening);
    },
  });
  return [
    { name: "room real", who: "ada", path, act: here, anew: true, alone: true },
    scene("band", { ...evening, transport: { motion: "playing", ...at(12) } }),
    scene("recording", {
      ...evening,
      people: band.map((one) => ({ ...one, status: { ...one.status, recording: true } })),
      transport: { motion: "recording", ...at(30) },
    }),
    scene("takes", evening, async (page) => {
      await here(page);
      await page.locator(".view-list summary").click();
    }),
    scene("alone", { people: [band[0] ?? { displayName: "Ada" }] }),
    scene("forbidden", { people: band, recordingPermitted: false, role: "participant" }),
    scene("listens", { ...evening, role: "observer" }),
    scene("twelve", { ...evening, people: crowd, transport: { motion: "playing", ...at(12) } }),
    scene("thirty", { ...evening, people: thirty }),
    scene("names", {
      ...evening,
      people: [
        { displayName: "Maximiliane Friederike von Hohenstein-Wack", status: playing() },
        { displayName: "יעל כהן־אברהמי", status: playing({ recording: true }) },
        { displayName: "DJ 👩‍🎤🎛️🎶 Große Lautstärke", status: playing() },
      ],
      waiting: ["עומר בן־דוד", "Bartholomew Featherstonehaugh-Cholmondeley"],
    }),
    scene("door", { ...evening, admission: "waiting", waiting: ["Noor Haddad"] }),
    scene("waiting", { people: [], refusal: "waiting" }, (page) => page.locator(".view-over h1").waitFor()),
    scene("removed", { people: [], refusal: { code: 4_411, reason: "removed" } }, (page) =>
      page.locator(".view-over h1").waitFor(),
    ),
    scene("offline", { people: band, takes, log, refusal: { code: 4_503, reason: "unavailable" } }, async (page) => {
      await page.locator(".view-top").waitFor();
    }),
    scene("two windows", { people: [], refusal: { code: 4_409, reason: "replaced" } }, (page) =>
      page.locator(".view-over h1").waitFor(),
    ),
    scene("ended", { people: [], refusal: { code: 4_414, reason: "session-ended" } }, (page) =>
      page.locator(".view-over h1").waitFor(),
    ),
    scene("wishes", { ...evening, wished: takes.slice(1, 3), takes }, async (page) => {
      await here(page);
      await page.locator(".view-wishes li").first().waitFor();
    }),
    device("clock off", "Date.now = ((now) => () => now() + 3_700_000)(Date.now)", async (page) => {
      await here(page);
      await page.locator(".view-toasts .bad").waitFor();
    }),
    device("sound on", DEVICE_48, turnOn),
    device("sound 44.1 kHz and 18 inputs", DEVICE_44, turnOn),
    // Its context counts 48,000 frames while a device of 44,100 plays.
    device(
      "sound that lies about its rate",
      `${DEVICE_48};
      const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "currentTime");
      Object.defineProperty(BaseAudioContext.prototype, "currentTime", { get() { return (get.call(this) * 44_100) / 48_000; } })`,
      async (page) => {
        await turnOn(page);
        await page.locator(".view-sound .view-trouble").waitFor({ timeout: 60_000 });
      },
    ),
    disk("none"),
    disk("full"),
    device("check", DEVICE_48, look),
    device("check 44.1 kHz and 18 inputs", DEVICE_44, look),
    device("check measured", `${DEVICE_48}; window.isLooped = true`, async (page) => {
      await look(page);
      await page.locator(".view-check section button").click();
      await page.getByText("±", { exact: false }).last().waitFor();
      await page.locator(".view-check section button:enabled").waitFor();
    }),
    refused("microphone denied", "NotAllowedError"),
    refused("microphone none", "NotFoundError"),
    refused("microphone in use", "NotReadableError"),
    {
      ...scene("old browser", evening),
      prepare: async (page) => {
        await page.addInitScript("delete window.RTCRtpScriptTransform");
        await stubRoom(page, evening);
      },
    },
    scene("on air", { ...evening, listeners: 3 }),
    scene("on air guest", {
      ...evening,
      role: "participant",
      listeners: 1,
      people: band.map((one) => ({ ...one, status: { ...one.status, recording: true } })),
      transport: { motion: "recording", ...at(30) },
    }),
    scene("broadcast before", evening, async (page) => {
      await here(page);
      await page.locator(".view-door .actions button").nth(1).click();
      await page.locator("dialog[open]").waitFor();
    }),
    scene("broadcast link", { ...evening, listeners: 2 }, async (page) => {
      await here(page);
      await page.locator(".view-door .actions button").nth(1).click();
      await page.locator("#view-broadcast-link").waitFor();
    }),
    scene("phone code", evening, async (page) => {
      await here(page);
      await page.locator(".view-phone-link button").click();
      await page.locator(".view-qr").waitFor();
    }),
    scene("phone here", {
      ...evening,
      people: [...band, { displayName: "Ada Lindqvist", phoneOf: ada, status: statusOf({ micLive: false }) }],
    }),
    {
      name: "room as a phone",
      who: "ada",
      path,
      anew: true,
      alone: true,
      act: async (page) => {
        await here(page);
        // The phone of the language before is another one, and there is room for one.
        const sendAway = `fetch("/api/v1/sessions/${sessionId}/phone", { method: "DELETE" })`;
        const { link } = await page.evaluate<{ link: string }>(`${sendAway}.then(() => ${made(`${sessionId}/phone`)})`);
        await page.goto(new URL(`/phone/${link}`, page.url()).href);
        await page.locator("main form button").click();
        await page.locator(".view-remote").waitFor();
      },
    },
    ...(["before", "hears"] as const).map(
      (state): Shot => ({
        name: `listen ${state}`,
        who: "ada",
        path,
        anew: true,
        alone: true,
        act: async (page) => {
          await here(page);
          // A broadcast that nobody has played in for some seconds ends, and a busy machine takes as long for a page: somebody stays.
          for (const before of page.context().pages()) if (before !== page) await before.close();
          const host = await page.context().newPage();
          page.once("close", () => void host.close());
          await host.goto(page.url());
          await here(host);
          const { link } = await host.evaluate<{ link: string }>(made(`${sessionId}/broadcast`));
          await page.goto(new URL(`/listen/${link}`, page.url()).href);
          await page.locator(".view-phone .button").waitFor();
          if (state === "before") return;
          await page.locator(".view-phone .button").click();
          await page.locator(".view-phone input[type=range]").waitFor();
        },
      }),
    ),
    {
      ...device("safety copies", DEVICE_48, async (page) => {
        await turnOn(page);
        await page.locator(".view-missing button").waitFor();
        await page.locator(".view-list summary").click();
        await page
          .locator(".view-take", { hasText: /safety cop|Sicherheitskopie/ })
          .first()
          .waitFor();
      }),
      prepare: async (page) => {
        await page.addInitScript(listenAtTheWayOut);
        await page.addInitScript(DEVICE_48);
        await page.route("**/assets/takes-worker*", (route) =>
          route.fulfill({
            contentType: "text/javascript",
            headers: WORKER_HEADERS,
            body: keepsCopies,
          }),
        );
        await stubRoom(page, evening);
      },
    },
    ...(["notes before", "notes", "notes gone"] as const).map(
      (state): Shot => ({
        ...device(state, DEVICE_48, async (page) => {
          await turnOn(page);
          const part = page.locator(".view-instrument");
          await part.locator("li").nth(1).waitFor();
          if (state !== "notes before") {
            await part.locator("button").click();
            await part.locator("select").first().selectOption({ index: 1 });
            await part.locator("select").nth(1).selectOption({ index: 1 });
            await page.evaluate("window.strike()");
            await part.locator("li").nth(2).waitFor();
          }
          if (state === "notes gone") await page.evaluate("window.unplug()");
          await part.scrollIntoViewIfNeeded();
        }),
        prepare: async (page) => {
          await page.addInitScript(listenAtTheWayOut);
          await page.addInitScript(DEVICE_48);
          await page.addInitScript(INSTRUMENTS);
          await page.route("**/assets/lanes-worker*", (route) =>
            route.fulfill({ contentType: "text/javascript", headers: WORKER_HEADERS, body: playsNotes }),
          );
          await stubRoom(page, evening);
        },
      }),
    ),
    {
      ...scene("daw", evening, async (page) => {
        await here(page);
        await page.locator(".view-daw button").click();
        await page.locator(".view-daw form").waitFor();
      }),
      prepare: async (page) => {
        await page.addInitScript(
          "const port = (name) => [name, { name, id: name, state: 'connected', addEventListener() {}, removeEventListener() {}, open: async () => {}, close: async () => {}, send() {} }];" +
            "navigator.requestMIDIAccess = async () => ({ inputs: new Map([port('IAC Bus 1')]), outputs: new Map([port('IAC Bus 1')]), addEventListener() {} });",
        );
        await stubRoom(page, evening);
      },
    },
    scene("keys", evening, async (page) => {
      await here(page);
      await page.keyboard.press("?");
      await page.locator("dialog[open]").waitFor();
    }),
  ];
}
