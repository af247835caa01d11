import { z } from "zod";
import type { Catalogue, ValuesOf } from "../content.ts";

/** Opening an account, and changing how one signs in. */
export const accountsValues = {
  "sign-up": z.object({ link: z.string() }),
  "sign-up-known": z.object({ link: z.string() }),
  reset: z.object({ link: z.string(), takeBack: z.string() }),
  "new-address": z.object({ link: z.string() }),
  "address-asked": z.object({ email: z.string(), takeBack: z.string() }),
  "address-changed": z.object({ takeBack: z.string() }),
  "credentials-changed": z.object({
    what: z.enum([
      "password",
      "passkey-added",
      "passkey-removed",
      "second-factor-on",
      "second-factor-off",
      "recovery-codes",
      "recovery-used",
    ]),
    link: z.string(),
    takeBack: z.string(),
  }),
};
export type AccountsMails = ValuesOf<typeof accountsValues>;

const en: Catalogue<AccountsMails> = {
  "sign-up": ({ link }) => ({
    subject: "Confirm your address",
    paragraphs: ["One step and your account is there: choose what you sign in with. The link works once, for a day."],
    action: { label: "Confirm and go on", href: link },
    reason:
      "Somebody gave this address to open a SessionLinked account. If that was not you, do nothing: no account will be made.",
  }),
  "sign-up-known": ({ link }) => ({
    subject: "You already have an account",
    paragraphs: [
      "Somebody, probably you, tried to open an account with this address. There is one already, and nothing has changed.",
      "If you cannot sign in any more, set a new password.",
    ],
    action: { label: "Set a new password", href: link },
    reason: "You have a SessionLinked account under this address.",
  }),
  reset: ({ link, takeBack }) => ({
    subject: "Set a new password",
    paragraphs: [
      "The link works once, for an hour. When the new password is set, every device is signed out.",
      `If that was not you, your password stays as it is. This cancels the link:\n${takeBack}`,
    ],
    action: { label: "Set a new password", href: link },
    reason: "Somebody asked for this at the sign-in page.",
  }),
  "new-address": ({ link }) => ({
    subject: "Confirm your new address",
    paragraphs: [
      "From the moment you confirm it, SessionLinked writes to this address only. The link works once, for a day.",
    ],
    action: { label: "Confirm this address", href: link },
    reason: "A SessionLinked account asked to use this address.",
  }),
  "address-asked": ({ email, takeBack }) => ({
    subject: "Your account is about to get another address",
    paragraphs: [
      `Somebody who is signed in to your account asked to move it to ${email}. It moves once the link in the mail there is opened. If that was you, there is nothing to do here.`,
      "If not, stop it: everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: stop it", href: takeBack },
    reason: "We write before your address changes, not just afterwards.",
  }),
  "address-changed": ({ takeBack }) => ({
    subject: "Your address was changed",
    paragraphs: [
      "Your account now uses another e-mail address. If that was you, there is nothing to do.",
      "If not, take it back within a week: the account gets this address again, anything added since is removed, everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: take it back", href: takeBack },
    reason: "This address belonged to a SessionLinked account until now.",
  }),
  "credentials-changed": ({ what, link, takeBack }) => ({
    subject: {
      password: "Your password was set",
      "passkey-added": "A passkey was added",
      "passkey-removed": "A passkey was removed",
      "second-factor-on": "Your second factor is on",
      "second-factor-off": "Your second factor is off",
      "recovery-codes": "You have new recovery codes",
      "recovery-used": "A recovery code was used",
    }[what],
    paragraphs: [
      ...(what === "password" ? ["Every other device was signed out, your companion as well: sign it in again."] : []),
      `If that was you, there is nothing to do. Your account:\n${link}`,
      "If not, take it back within a week: what was added is removed, everybody is signed out, and we send you a link to a new password.",
    ],
    action: { label: "That was not me: take it back", href: takeBack },
    reason: "We tell you whenever the way you sign in changes.",
  }),
};

const de: Catalogue<AccountsMails> = {
  "sign-up": ({ link }) => ({
    subject: "Bestätige deine Adresse",
    paragraphs: [
      "Noch ein Schritt, und dein Konto ist da: Wähle, womit du dich anmeldest. Der Link gilt einmal, einen Tag lang.",
    ],
    action: { label: "Bestätigen und weiter", href: link },
    reason:
      "Jemand hat mit dieser Adresse ein SessionLinked-Konto eröffnen wollen. Warst du das nicht, tu nichts: Es entsteht kein Konto.",
  }),
  "sign-up-known": ({ link }) => ({
    subject: "Du hast schon ein Konto",
    paragraphs: [
      "Jemand, vermutlich du, wollte mit dieser Adresse ein Konto eröffnen. Es gibt schon eines, und nichts hat sich geändert.",
      "Kommst du nicht mehr hinein, kannst du ein neues Passwort setzen.",
    ],
    action: { label: "Neues Passwort setzen", href: link },
    reason: "Unter dieser Adresse hast du ein SessionLinked-Konto.",
  }),
  reset: ({ link, takeBack }) => ({
    subject: "Neues Passwort setzen",
    paragraphs: [
      "Der Link gilt einmal, eine Stunde lang. Ist das neue Passwort gesetzt, sind alle Geräte abgemeldet.",
      `Warst du das nicht, bleibt dein Passwort, wie es ist. So machst du den Link ungültig:\n${takeBack}`,
    ],
    action: { label: "Neues Passwort setzen", href: link },
    reason: "Jemand hat das auf der Anmeldeseite angefordert.",
  }),
  "new-address": ({ link }) => ({
    subject: "Bestätige deine neue Adresse",
    paragraphs: [
      "Sobald du sie bestätigst, schreibt SessionLinked nur noch an diese Adresse. Der Link gilt einmal, einen Tag lang.",
    ],
    action: { label: "Diese Adresse bestätigen", href: link },
    reason: "Ein SessionLinked-Konto möchte diese Adresse verwenden.",
  }),
  "address-asked": ({ email, takeBack }) => ({
    subject: "Dein Konto soll eine andere Adresse bekommen",
    paragraphs: [
      `Jemand, der in deinem Konto angemeldet ist, möchte es auf ${email} umstellen. Das gilt, sobald der Link in der Mail dort geöffnet wird. Warst du das, musst du hier nichts tun.`,
      "Wenn nicht, halte es an: Alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: anhalten", href: takeBack },
    reason: "Wir sagen dir Bescheid, bevor sich deine Adresse ändert, nicht erst danach.",
  }),
  "address-changed": ({ takeBack }) => ({
    subject: "Deine Adresse wurde geändert",
    paragraphs: [
      "Dein Konto verwendet jetzt eine andere E-Mail-Adresse. Warst du das, ist nichts zu tun.",
      "Wenn nicht, mach es innerhalb einer Woche rückgängig: Das Konto bekommt wieder diese Adresse, was seitdem dazukam, verschwindet, alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: rückgängig machen", href: takeBack },
    reason: "Diese Adresse gehörte bis eben zu einem SessionLinked-Konto.",
  }),
  "credentials-changed": ({ what, link, takeBack }) => ({
    subject: {
      password: "Dein Passwort wurde gesetzt",
      "passkey-added": "Ein Passkey kam dazu",
      "passkey-removed": "Ein Passkey wurde entfernt",
      "second-factor-on": "Dein zweiter Faktor ist an",
      "second-factor-off": "Dein zweiter Faktor ist aus",
      "recovery-codes": "Du hast neue Wiederherstellungscodes",
      "recovery-used": "Ein Wiederherstellungscode wurde benutzt",
    }[what],
    paragraphs: [
      ...(what === "password" ? ["Alle anderen Geräte wurden abgemeldet, auch dein Companion: Melde ihn neu an."] : []),
      `Warst du das, ist nichts zu tun. Dein Konto:\n${link}`,
      "Wenn nicht, mach es innerhalb einer Woche rückgängig: Was dazukam, verschwindet, alle werden abgemeldet, und du bekommst einen Link für ein neues Passwort.",
    ],
    action: { label: "Das war ich nicht: rückgängig machen", href: takeBack },
    reason: "Wir sagen dir Bescheid, wenn sich an deiner Anmeldung etwas ändert.",
  }),
};

export const accounts = { en, de };
