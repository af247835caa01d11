import { type Currency, currencies, readAmount, writeAmount } from "../../protocol/currencies.ts";
import { type OwnProfile, PutProfile } from "../../protocol/hub.ts";
import { isKnownInstrument } from "../../protocol/instruments.ts";
import { ok, type Result } from "../../protocol/result.ts";
import type { ProfileProblem } from "../../site/i18n/profile.ts";
import type { Typed } from "../../site/views/hub/edit.tsx";
import type { Form } from "./form.ts";

const isCurrency = (code: string): code is Currency => Object.hasOwn(currencies, code);

/** The form filled with what is stored. */
export function typedOf(profile: OwnProfile): Typed {
  const { rate } = profile;
  return {
    daw: profile.daw ?? "",
    instruments: profile.instruments.filter(isKnownInstrument),
    others: profile.instruments.filter((name) => !isKnownInstrument(name)).join(", "),
    languages: profile.languages,
    rate: rate === null ? "" : writeAmount(rate.amountMinor, rate.currency),
    currency: rate?.currency ?? "EUR",
    bio: profile.bio ?? "",
    availability: profile.availability ?? "",
  };
}

/** What was typed, however wrong, so that nothing of it is lost. */
export const typedIn = ({ fields, texts }: Form): Typed => ({
  daw: fields.daw ?? "",
  instruments: texts("instrument"),
  others: fields.others ?? "",
  languages: texts("language"),
  rate: fields.rate ?? "",
  currency: fields.currency ?? "",
  bio: fields.bio ?? "",
  availability: fields.availability ?? "",
});

/** Reads the form by the API's own schema; or says which fields need another look. */
export function readProfile(typed: Typed): Result<PutProfile, "fields-wrong", { problems: ProfileProblem[] }> {
  const blank = (text: string) => (text.trim() === "" ? null : text);
  const amountMinor =
    blank(typed.rate) !== null && isCurrency(typed.currency) ? readAmount(typed.rate, typed.currency) : null;
  const isRateWrong = blank(typed.rate) !== null && amountMinor === null;
  const others = typed.others.split(/[,;\n]/).filter((name) => blank(name) !== null);
  const read = PutProfile.safeParse({
    daw: blank(typed.daw),
    instruments: [...typed.instruments, ...others],
    languages: typed.languages,
    rate: amountMinor === null ? null : { amountMinor, currency: typed.currency },
    bio: blank(typed.bio),
    availability: blank(typed.availability),
  });
  if (read.success && !isRateWrong) return ok(read.data);
  const paths = read.success ? [] : read.error.issues.map((issue) => String(issue.path[0]) as ProfileProblem);
  return {
    ok: false,
    reason: "fields-wrong",
    problems: [...new Set<ProfileProblem>([...paths, ...(isRateWrong ? ["rate" as const] : [])])],
  };
}
