import type { Language } from "./accounts.ts";

/**
 * What a person is told before they share, wherever they do it (promise V3), and what is kept with their consent. A change here is a new
 * wording; old consents keep theirs.
 */
export const sharingWording: Record<Language, string> = {
  en: "This take goes to SessionLinked and to everybody in the session who may have files. Their companions keep copies of their own: taking it back later takes it from our servers, not from their machines.",
  de: "Dieser Take geht an SessionLinked und an alle in der Session, die Dateien haben dürfen. Ihre Companions behalten eigene Kopien: Nimmst du ihn später zurück, ist er von unseren Servern weg, nicht von ihren Rechnern.",
};
