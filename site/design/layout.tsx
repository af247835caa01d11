import type { Child } from "hono/jsx";
import { hrefs } from "../built/assets.ts";
import { words } from "../i18n/language.ts";
import { href, type Page } from "./page.ts";

const text = words({
  en: {
    skip: "Skip to the content",
    main: "Main",
    menu: "Menu",
    more: "More",
    hub: "Hub",
    sessions: "Sessions",
    messages: "Messages",
    unread: (count: number) => `${count} unread`,
    help: "Help",
    signIn: "Sign in",
    signUp: "Open an account",
    account: "Your account",
    status: "Status",
    privacy: "Privacy",
    other: "Deutsch",
    companion: "Companion",
    prices: "Prices",
    terms: "Terms",
    imprint: "Imprint",
    security: "Security",
    line: "One line of time, two studios.",
  },
  de: {
    skip: "Zum Inhalt springen",
    main: "Hauptmenü",
    menu: "Menü",
    more: "Weiteres",
    hub: "Hub",
    sessions: "Sessions",
    messages: "Nachrichten",
    unread: (count: number) => `${count} ungelesen`,
    help: "Hilfe",
    signIn: "Anmelden",
    signUp: "Konto eröffnen",
    account: "Dein Konto",
    status: "Status",
    privacy: "Datenschutz",
    other: "English",
    companion: "Companion",
    prices: "Preise",
    terms: "Bedingungen",
    imprint: "Impressum",
    security: "Sicherheit",
    line: "Eine Zeitlinie, zwei Studios.",
  },
});

export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <path class="person-1" d="M3 14V9h4v5zm6 0V4h4v10z" />
    <path class="person-2" d="M19 18v9h4v-9zm6 0v5h4v-5z" />
    <path d="M2 16h28M16 2v28" stroke="currentColor" stroke-width="2" fill="none" />
  </svg>
);

/** How many messages wait: a figure to see, and words to hear. */
function Unread({ count, label }: { count: number; label: string }) {
  if (count === 0) return null;
  return (
    <>
      <span class="unread" aria-hidden="true">
        {count > 99 ? "99+" : count}
      </span>
      <span class="hidden">{label}</span>
    </>
  );
}

/** The ways at the foot of every page of the site. */
const ways = ["status", "privacy", "companion", "prices", "terms", "imprint", "security"] as const;

const Way = ({ page, path, label }: { page: Page; path: string; label: string }) => (
  <a href={href(page, path)} aria-current={page.path === path ? "page" : undefined}>
    {label}
  </a>
);

function SiteHeader({ page }: { page: Page }) {
  const t = text[page.language];
  const unread = page.account?.unread ?? 0;
  return (
    <header class="top">
      <a class="brand" href={href(page, "/")}>
        <Mark />
        SessionLinked
      </a>
      {/* On a phone one row, and the rest in a menu: a popover, which needs no script. Where there is room it is the row itself. */}
      <button class="top-menu" type="button" popovertarget="menu">
        {t.menu}
        <Unread count={unread} label={t.unread(unread)} />
      </button>
      <nav class="top-links" id="menu" popover="auto" aria-label={t.main}>
        <Way page={page} path="/hub" label={t.hub} />
        {page.account === null ? null : (
          <>
            <Way page={page} path="/sessions" label={t.sessions} />
            <a href={href(page, "/messages")} aria-current={page.path === "/messages" ? "page" : undefined}>
              {t.messages}
              <Unread count={unread} label={t.unread(unread)} />
            </a>
          </>
        )}
        <Way page={page} path="/help" label={t.help} />
        {page.account === null ? (
          <>
            <Way page={page} path="/sign-in" label={t.signIn} />
            {page.path === "/sign-up" ? null : (
              <a class="button top-open" href={href(page, "/sign-up")}>
                {t.signUp}
              </a>
            )}
          </>
        ) : (
          <a
            class="top-name"
            href={href(page, "/account")}
            aria-current={page.path === "/account" ? "page" : undefined}
          >
            <span class="hidden">{t.account}: </span>
            <span class={`top-dot person-${page.account.accent}`} aria-hidden="true" />
            <span class="top-name-text">{page.account.displayName}</span>
          </a>
        )}
      </nav>
    </header>
  );
}

export interface LayoutProps {
  page: Page;
  title: string;
  description?: string;
  /** Keeps a page out of search engines: anything about an account, an invitation or an error. */
  hidden?: boolean;
  /** Where a PNG of 1200 × 630 lies that stands for the page where its address is shared; the site's own, if there is none. */
  image?: string;
  /** Client scripts by the name of their entry in site/client/. Pages that nobody else finds also say times in the reader's own zone, and what does not fit into a form. */
  scripts?: readonly string[];
  /** Style sheets beside the one that all pages share, by the name of their entry. */
  styles?: readonly string[];
  /** Where else a keyboard goes at once: the id of what takes the focus. */
  skips?: readonly { to: string; label: string }[];
  /** Another house under the same roof, with a header of its own and none of the site's ways: where it is, and what its header holds. */
  desk?: { path: string; name: string; controls: Child };
  children?: Child;
}

/** The frame of every page: header, the ruler, the content, footer. */
export function Layout({
  page,
  title,
  description,
  hidden = false,
  image,
  scripts = [],
  styles = [],
  skips = [],
  desk,
  children,
}: LayoutProps) {
  const t = text[page.language];
  const other = page.language === "en" ? "de" : "en";
  const built: Record<string, string> = hrefs;
  return (
    <html lang={page.language === "en" ? "en-GB" : "de"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === "SessionLinked" ? title : `${title} · SessionLinked`}</title>
        {description === undefined ? null : <meta name="description" content={description} />}
        {hidden ? (
          <meta name="robots" content="noindex" />
        ) : (
          <>
            <link rel="canonical" href={page.origin + href(page, page.path)} />
            <link rel="alternate" hreflang="en" href={`${page.origin}${page.path}?lang=en`} />
            <link rel="alternate" hreflang="de" href={`${page.origin}${page.path}?lang=de`} />
            <link rel="alternate" hreflang="x-default" href={page.origin + page.path} />
            <meta property="og:site_name" content="SessionLinked" />
            <meta property="og:type" content="website" />
            <meta property="og:title" content={title} />
            <meta property="og:url" content={page.origin + href(page, page.path)} />
            <meta property="og:locale" content={page.language === "en" ? "en_GB" : "de_DE"} />
            {description === undefined ? null : <meta property="og:description" content={description} />}
            <meta property="og:image" content={image ?? `${page.origin}/picture.png?lang=${page.language}`} />
            <meta name="twitter:card" content="summary_large_image" />
          </>
        )}
        <meta name="color-scheme" content="light dark" />
        <link rel="preload" href={built["display.woff2"]} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={built["pages.css"]} />
        <link rel="stylesheet" href={built["site.css"]} />
        {styles.map((name) => (
          <link rel="stylesheet" href={built[name]} />
        ))}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="manifest" href="/manifest.webmanifest" />
        {(hidden ? ["local-time", "fields", ...scripts] : scripts).map((name) => (
          <script type="module" src={built[`${name}.js`]} />
        ))}
      </head>
      <body>
        <div class={desk === undefined ? undefined : "desk"}>
          <a class="skip" href="#content">
            {t.skip}
          </a>
          {skips.map(({ to, label }) => (
            <a class={`skip to-${to}`} href={`#${to}`}>
              {label}
            </a>
          ))}
          {desk === undefined ? (
            <SiteHeader page={page} />
          ) : (
            <header class="top">
              <a class="brand" href={href(page, desk.path)}>
                <Mark />
                SessionLinked <span class="tag">{desk.name}</span>
              </a>
              {desk.controls}
            </header>
          )}
          <div class="ruler" />
        </div>
        <main id="content" class="page" tabindex={-1}>
          {children}
        </main>
        <footer class="foot">
          <p class="soft">{t.line}</p>
          <nav class="actions" aria-label={t.more}>
            {desk === undefined ? ways.map((way) => <Way page={page} path={`/${way}`} label={t[way]} />) : null}
            <a href={href(page, page.path + page.search, other)} lang={other} hreflang={other}>
              {t.other}
            </a>
          </nav>
        </footer>
      </body>
    </html>
  );
}
