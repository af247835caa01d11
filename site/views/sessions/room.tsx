import type { Role } from "../../../protocol/roles.ts";
import { beside, hrefs, sound as soundScripts } from "../../built/assets.ts";
import { href, type Page } from "../../design/page.ts";
import { guestText } from "../../i18n/guests.ts";
import { sessionText } from "../../i18n/sessions.ts";

export interface RoomPageProps {
  page: Page;
  session: {
    sessionId: string;
    name: string;
    memberId: string;
    role: Role;
    accents: Record<string, number>;
    /** Without an account: the way out is another, and nothing is asked of the session's other pages. */
    guest?: true;
    /** It is this member's phone. */
    phoneOf?: string;
    /** By this seat somebody listens to the session's broadcast: they have nothing else of it, and nowhere to go back to. */
    seat?: string;
  };
  /** On the page of all parts: which state the view is shown in, in place of a session. */
  scene?: string;
}

/**
 * The page of the live session: an empty shell that companion/view draws in. It has no other scripts and no other origin in it, because
 * it is isolated for shared memory. Without a script, or with one that is too old, it says so and leads back.
 */
export function RoomPage({ page, session: { name, ...session }, scene }: RoomPageProps) {
  const t = sessionText[page.language].room;
  const built: Record<string, string> = hrefs;
  const isGuest = session.guest === true;
  const hasOnlyThis = session.phoneOf !== undefined || session.seat !== undefined;
  const begin = scene === undefined ? `main.${page.language}.dom.js` : "design.dom.js";
  const back = href(page, `/sessions/${session.sessionId}${isGuest ? "/guest/leave" : ""}`);
  const sound = {
    lanesUrl: built["lanes-worker.dom.js"],
    deviceUrl: built["device.worklet.js"],
    // A phone, or whoever listens, records nothing and plays no takes.
    ...(hasOnlyThis ? {} : { takesUrl: built["takes-worker.dom.js"], playbackUrl: built["playback.worklet.js"] }),
  };
  const ahead = [...(soundScripts[begin] ?? []), ...(hasOnlyThis ? [] : (beside[begin] ?? []))];
  const boot = { ...session, sessionName: name, language: page.language, sessionHref: back, sound, ahead };
  return (
    <html lang={page.language === "en" ? "en-GB" : "de"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <title>{`${name} · SessionLinked`}</title>
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={built["site.css"]} />
        <link rel="stylesheet" href={built["view.css"]} />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <script type="module" src={built[begin]} />
      </head>
      <body class="app-shell">
        <div id="view" data-boot={JSON.stringify(boot)} data-scene={scene}>
          <main class="view-over">
            <h1>{name}</h1>
            <p>{t.opening}</p>
            <noscript>
              <p>{t.noScript}</p>
            </noscript>
            {hasOnlyThis ? null : (
              <p>
                <a href={back}>{isGuest ? guestText[page.language].room.leave : t.back}</a>
              </p>
            )}
          </main>
        </div>
      </body>
    </html>
  );
}
