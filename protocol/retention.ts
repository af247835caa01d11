/**
 * The retention numbers that the privacy policy promises. A change here needs a new policy version (promise G5).
 */
export const DAY_MS = 24 * 60 * 60 * 1000;

export const tiers = ["free", "pro", "studio"] as const;
export type Tier = (typeof tiers)[number];

/** How long a recording is kept after it is complete; `null`: until the session is deleted (E1). */
export const RECORDING_RETENTION_MS = {
  free: 7 * DAY_MS,
  pro: 30 * DAY_MS,
  studio: null,
} as const satisfies Record<Tier, number | null>;
/** A downgrade shortens nothing sooner than this, so that what it affects can be fetched first (E1). */
export const DOWNGRADE_GRACE_MS = 7 * DAY_MS;
/** How long before a recording ends its owner is told by mail, first and last notice. */
export const EXPIRY_NOTICES_MS = [3 * DAY_MS, DAY_MS] as const;
/** Waitlist rows go this long after the launch date in the configuration (B3). */
export const WAITLIST_RETENTION_AFTER_LAUNCH_MS = 90 * DAY_MS;
/** An address on the waiting list that nobody has confirmed. */
export const WAITLIST_UNCONFIRMED_MS = 7 * DAY_MS;
/** A guest's name and place in a session: an evening, and the night after it. */
export const GUEST_RETENTION_MS = 1 * DAY_MS;
/** The proof that a consent was withdrawn. */
export const WITHDRAWAL_RETENTION_MS = (3 * 365 + 1) * DAY_MS;
/** A report about somebody, once it is closed; as long from its day, if nobody ever closed it. */
export const REPORT_RETENTION_MS = 365 * DAY_MS;
/** A message that somebody wrote to another on the site, and the conversation that it is the last of. */
export const MESSAGE_RETENTION_MS = 365 * DAY_MS;
/** What a person was told about an ending, once the first of the recordings it spoke of has ended. */
export const NOTICE_RETENTION_MS = 30 * DAY_MS;
/** The id of a mail that has gone, so that it is not said again. */
export const SENT_MAIL_RETENTION_MS = 30 * DAY_MS;
/** The minimal record of an account's deletion (E3), and of a session's (E2). */
export const DELETION_RECORD_RETENTION_MS = 365 * DAY_MS;
/** What was deleted with an account, by number; and the sealed mark by which a restored database is told of it: as long as the platform keeps history. */
export const ERASURE_RECEIPT_MS = 30 * DAY_MS;
/** When, on what and how an account was signed in to, and the networks that it was signed in from. */
export const SIGN_IN_RETENTION_MS = 90 * DAY_MS;
/** A copy of everything that a person asked for, to be fetched. */
export const EXPORT_RETENTION_MS = 7 * DAY_MS;
/** What somebody asked under their rights and what we answered: as long as they could take it to a court. */
export const REQUEST_RETENTION_MS = (3 * 365 + 1) * DAY_MS;
/** An investigation that keeps something is looked at again after this long at the latest. */
export const HOLD_REVIEW_MAX_MS = 90 * DAY_MS;
/** Who received which shared stem, counted from its delivery. */
export const DELIVERY_RETENTION_MS = 365 * DAY_MS;
/** How often each part was used on a day: totals without anybody in them. */
export const USAGE_RETENTION_MS = 400 * DAY_MS;
/** What each run of the clearing out took away: totals without anybody in them, in a public chain. */
export const RUN_RECORD_RETENTION_MS = 400 * DAY_MS;
/** Wallet and transaction records (E4); seven years, leap days included. */
export const TRANSACTION_RETENTION_MS = (7 * 365 + 2) * DAY_MS;
/** Server logs (E5). */
export const LOG_RETENTION_MS = 30 * DAY_MS;
/** Sessions and accounts are gone this long after the request at the latest (E2, E3). */
export const ERASURE_DEADLINE_MS = 30 * DAY_MS;
/** R2 aborts an unfinished multipart upload after 7 days; ours is aborted first, and the client restarts from disk before (X4). */
export const UPLOAD_ABANDONED_AFTER_MS = 6 * DAY_MS;
