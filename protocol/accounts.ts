import * as z from "zod";
import { DisplayName } from "./display-name.ts";
import { EmailAddress } from "./email-address.ts";
import { typedCode } from "./typed-code.ts";

export const Language = z.enum(["en", "de"]);
export type Language = z.infer<typeof Language>;

/** Base64url, as OPAQUE's messages and our tokens travel. */
const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const OpaqueMessage = Base64Url.max(2_048);
/** What stands for one step of something that takes two. Opaque, random, good once. */
export const StepToken = Base64Url.length(43);
/** WebAuthn's own JSON; the library reads it, this bounds it. */
const Credential = z.looseObject({
  id: Base64Url.max(1_024),
  rawId: Base64Url.max(1_024),
  type: z.literal("public-key"),
});

/** A path of this site, as an address may carry it. Whoever goes there checks it once more against the origin. */
const SitePath = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/);

export const Person = z.object({
  email: EmailAddress,
  displayName: DisplayName,
  language: Language.default("en"),
  /** Promise A5: said by the person. A stated younger age ends here, and nothing of it is kept. */
  isSixteen: z.literal(true, { error: "SessionLinked is for people of 16 and over." }),
  wantsNews: z.boolean().default(false),
  /** Where the person was going: an invitation, say. The mailed link leads on to it. */
  next: SitePath.optional(),
});
export type Person = z.infer<typeof Person>;

export const StartRegistration = z.object({ registrationRequest: OpaqueMessage });
export const RegistrationStarted = z.object({ step: StepToken, registrationResponse: z.string() });
export const PasskeyStarted = z.object({ step: StepToken, options: z.looseObject({ challenge: z.string() }) });
export const Token = z.object({ token: StepToken });
/** The confirming browser sets what the account is signed in with. */
export const SignUpWithPassword = Token.extend({ step: StepToken, registrationRecord: OpaqueMessage });
export const SignUpWithPasskey = Token.extend({ step: StepToken, credential: Credential });

export const StartSignIn = z.object({ email: EmailAddress, startLoginRequest: OpaqueMessage });
export const SignInStarted = z.object({ step: StepToken, loginResponse: z.string() });
/** `cookie`: a browser on this origin. `token`: a program, which keeps it in the system's keychain. */
const Keep = z.enum(["cookie", "token"]).default("cookie");
/** No control character, and no second line. */
const oneLine = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
/** What a browser or program is called. */
export const LabelText = z.string().trim().min(1).max(80).regex(oneLine);
const Label = LabelText.optional();
export const FinishSignIn = z.object({ step: StepToken, finishLoginRequest: OpaqueMessage, keep: Keep, label: Label });
export const SignInWithPasskey = z.object({ step: StepToken, credential: Credential, keep: Keep, label: Label });
/** Six digits, or a recovery code; either as it was shown or without its spaces and dashes. */
export const SecondFactorCode = z.object({
  step: StepToken,
  code: z.string().max(60).transform(typedCode).pipe(z.string().min(6).max(40)),
});
/** `secondFactorStep` is there when a code is still to come; `token` when the caller asked to keep one. */
export const SignedIn = z.object({ secondFactorStep: StepToken.optional(), token: z.string().optional() });

export const StartReset = z.object({ email: EmailAddress });
export const FinishReset = z.object({ token: StepToken, step: StepToken, registrationRecord: OpaqueMessage });

export const PatchAccount = z.object({
  displayName: DisplayName.optional(),
  language: Language.optional(),
  wantsNews: z.boolean().optional(),
});
export type PatchAccount = z.infer<typeof PatchAccount>;
export const ChangeEmail = z.object({ email: EmailAddress });
export const ChangePassword = z.object({ step: StepToken, registrationRecord: OpaqueMessage });
export const NewPasskey = z.object({ step: StepToken, credential: Credential, label: Label });
/** Six digits, grouped as apps show them: `123 456` (also with the spaces that a copy brings along). */
const SixDigits = z
  .string()
  .max(20)
  .transform(typedCode)
  .pipe(z.string().regex(/^\d{6}$/, "A code has six digits."));
export const TotpCode = z.object({ code: SixDigits });
export const TotpStarted = z.object({ secret: z.string(), uri: z.string() });
export const RenamePasskey = z.object({ label: LabelText });
export const RecoveryCodes = z.object({ codes: z.array(z.string()) });

/** How somebody came to be signed in. */
const SignInMethod = z.enum([
  "sign-up",
  "password",
  "second-factor",
  "recovery-code",
  "passkey",
  "companion",
  "device-code",
]);
export type SignInMethod = z.infer<typeof SignInMethod>;

/** An account as its owner sees it. */
export const AccountDetail = z.object({
  accountId: z.string(),
  email: z.string(),
  displayName: z.string(),
  tier: z.string(),
  language: Language,
  wantsNews: z.boolean(),
  createdAtMs: z.int(),
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  recoveryCodesLeft: z.int(),
  passkeys: z.array(
    z.object({ id: z.string(), label: z.string(), createdAtMs: z.int(), lastUsedAtMs: z.int().nullable() }),
  ),
  signIns: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      kind: z.enum(["browser", "companion"]),
      createdAtMs: z.int(),
      lastUsedAtMs: z.int(),
      isThis: z.boolean(),
    }),
  ),
  /** The latest first. */
  signInHistory: z.array(z.object({ method: SignInMethod, label: z.string(), atMs: z.int() })),
});
export type AccountDetail = z.infer<typeof AccountDetail>;

/** RFC 8628: what a companion without a browser is told, and asks with. */
export const StartDevice = z.object({ label: LabelText });
export const DeviceStarted = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.int(),
  interval: z.int(),
});
/** Letters that are neither vowels nor like each other: no words, no doubt (RFC 8628 section 6.1). */
export const UserCode = z
  .string()
  .max(400)
  .transform((code) => typedCode(code).toUpperCase())
  .pipe(z.string().regex(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/, "The code has eight letters, like WDJB-MJHT."));
/** The token endpoint speaks OAuth 2.0's own form (RFC 6749 section 5), for both grants. */
export const TokenRequest = z.discriminatedUnion("grant_type", [
  z.object({
    grant_type: z.literal("authorization_code"),
    code: z.string().max(64),
    code_verifier: z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/),
    redirect_uri: z.string().max(200),
  }),
  z.object({ grant_type: z.literal("urn:ietf:params:oauth:grant-type:device_code"), device_code: z.string().max(64) }),
]);
export const TokenAnswer = z.object({ access_token: z.string(), token_type: z.literal("Bearer") });
