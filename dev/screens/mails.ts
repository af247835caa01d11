import { compose } from "../../workers/mail/compose.ts";
import type { MailContent } from "../../workers/mail/content.ts";
import { templates, type Values } from "../../workers/mail/templates.ts";
import type { Shot } from "./shot.ts";

const link = "https://sessionlinked.com/…";
const takeBack = link;
const atMs = Date.UTC(2026, 11, 3, 20);

/** One of each kind of mail that people get, filled as it would be. */
const filled = {
  "sign-up": { link },
  "sign-up-known": { link },
  reset: { link, takeBack },
  "new-address": { link },
  "address-asked": { email: "ada.lindqvist@example.org", takeBack },
  "address-changed": { takeBack },
  "credentials-changed": { what: "password", link, takeBack },
  "recordings-ending": { count: 12, firstAtMs: atMs, link },
  downgrade: { tier: "Free", count: 12, firstAtMs: atMs, link },
  message: { from: "Ben Okafor", link },
  "hub-invite": { from: "יעל כהן", session: "Night bus, second verse", link, answer: link },
  "waitlist-confirm": { link, unsubscribe: link },
  launch: { link, unsubscribe: link },
  "erase-confirm": { link },
  erased: { link },
  "request-changed": { link },
  "export-ready": { link, untilMs: atMs },
  decision: {
    side: "about",
    measure: "take-withheld",
    ground: "terms",
    facts: "The take holds a voice whose owner never agreed to it.",
    link,
  },
  "account-deleted": {
    side: "about",
    ground: "terms",
    facts: "The account was opened in the name of another drummer.",
  },
  "appeal-decided": { isReversed: true, answer: "You showed us that the voice is yours.", link },
} as const satisfies Partial<Values>;

function write<Name extends keyof typeof filled>(name: Name, language: "en" | "de"): MailContent {
  const template = templates[language][name] as (values: (typeof filled)[Name]) => MailContent;
  return template(filled[name]);
}

export const mailShots = (): Shot[] =>
  (Object.keys(filled) as (keyof typeof filled)[]).map((name) => ({
    name: `mail ${name}`,
    who: "nobody",
    path: "",
    draw: (language) => compose(write(name, language), language).html,
  }));
