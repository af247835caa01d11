import type { Tier } from "./retention.ts";

/**
 * Every limit of the system, named once, with its unit last and its source beside it. Checked on send and on receipt.
 */

/** The session timeline counts frames at this rate, whatever rate a device runs at. */
export const TIMELINE_RATE_HZ = 48_000;
/** 24 hours of timeline: the largest hh that an MMC locate can carry (MIDI 1.0 MMC, standard time code: hours 0 to 23). */
export const TIMELINE_MAX_FRAMES = 24 * 60 * 60 * TIMELINE_RATE_HZ;
export const TEMPO_MIN_BPM = 20;
export const TEMPO_MAX_BPM = 400;
/** Tempo changes and time signatures of one session, both together: a map of them travels in one frame of the room's socket. */
export const TIMELINE_ANCHORS_MAX = 1_000;
export const SIGNATURE_BEATS_MAX = 32;
export const MARKERS_MAX = 500;
export const MARKER_NAME_MAX_CHARS = 80;
/** A loop or a punch range lasts a tenth of a second at least: a DAW needs that long to turn. */
export const RANGE_MIN_FRAMES = TIMELINE_RATE_HZ / 10;
export const COUNT_IN_BARS_MAX = 8;

/** Members whose session times everybody's is the mean of: as many as play together at most. */
export const CLOCK_REFERENCES_MAX = 6;
/** Members of one session, all roles together. A room broadcasts to all of them from a single thread. */
export const SESSION_MEMBERS_MAX = 64;
export const SESSIONS_PER_ACCOUNT_MAX = 1_000;
export const SESSION_NAME_MAX_GRAPHEMES = 80;
export const DISPLAY_NAME_MIN_GRAPHEMES = 2;
export const DISPLAY_NAME_MAX_GRAPHEMES = 40;

/** RFC 5321 section 4.5.3.1.3, without the angle brackets. */
export const EMAIL_MAX_CHARS = 254;

export const PASSKEYS_PER_ACCOUNT_MAX = 20;
/** How many of the latest sign-ins their owner is shown. */
export const SIGN_IN_HISTORY_MAX = 50;

/** One text frame from a client. SDP with many candidates stays under 32 KiB; Durable Objects accept far larger frames. */
export const ROOM_FRAME_MAX_BYTES = 64 * 1024;
export const CHAT_TEXT_MAX_CHARS = 2_000;
export const NOTE_TEXT_MAX_CHARS = 10_000;
/** A name fits above its take on a phone. */
export const TAKE_NAME_MAX_CHARS = 60;
export const NOTES_PER_SESSION_MAX = 500;
export const SDP_MAX_CHARS = 32 * 1024;
/** Lines of an SDP, and characters of one: Chromium's longest line is under 500, and twelve people's video needs under 1,500 lines. */
export const SDP_LINES_MAX = 2_000;
export const SDP_LINE_MAX_CHARS = 2_048;
export const CANDIDATE_MAX_CHARS = 1_024;
/** Events of one session: 24 hours at the sustained rate of four events a second, rounded up. */
export const SESSION_EVENTS_MAX = 400_000;
/** Events in one `events` message while a client catches up. */
export const EVENTS_PER_BATCH_MAX = 200;
/** Characters in one `events` message, if it holds more than one event: notes are long, and a batch is built in memory. */
export const EVENTS_BATCH_MAX_CHARS = 256 * 1024;
/** Characters sent to a client in one go while it catches up. More waits for its `ack`: an isolate has 128 MB for all its rooms. */
export const RESUME_WINDOW_CHARS = 1024 * 1024;
/** Characters that a connection may leave unread. It holds a window of catching up, and minutes of a busy session; a line that does less is resumed. */
export const LIVE_UNREAD_MAX_CHARS = 2 * RESUME_WINDOW_CHARS;
/** Lines of the log that are kept for the room itself, for the API's decisions, and for a `stop` that stops something. */
export const LOG_RESERVE_EVENTS = 20_000;
/** What one kind of event may take of a session's log, from one member and from all: events, and characters of theirs. */
export const LOG_SHARES = {
  chat: { memberEvents: 20_000, memberChars: 4_000_000, events: 150_000 },
  note: { memberEvents: 5_000, memberChars: 8_000_000, events: 40_000 },
  transport: { memberEvents: 100_000, memberChars: 16_000_000, events: 300_000 },
  /** Whom a host lets in, sends out, and when the evening ends. */
  host: { memberEvents: 5_000, memberChars: 2_000_000, events: 10_000 },
  /** Coming and going: beyond it, it is shown and no longer logged. */
  presence: { memberEvents: 5_000, memberChars: 2_000_000, events: 60_000 },
} as const;
/** What people write within this time of what was told is told together: too short to be seen, long enough for a crowd's burst to be a few frames. */
export const EVENTS_GATHER_MS = 4;
/** Members' lists are told at most this often, however often somebody's status changes. */
export const MEMBERS_INTERVAL_MS = 100;
/** Sockets one member may hold in one room: the newest wins, older ones are closed with `replaced`. */
export const SOCKETS_PER_MEMBER_MAX = 1;

/** Token bucket for each member: messages a second sustained, and burst. Pings and signalling count too. */
export const MEMBER_MESSAGES_PER_SECOND = 50;
export const MEMBER_MESSAGES_BURST = 200;
/** A member with this many more messages over the bucket than within it since is closed with `rate-limited`. */
export const MEMBER_RATE_STRIKES_MAX = 100;
/** A socket that has not said `hello` by then is closed. */
export const HELLO_TIMEOUT_MS = 10_000;

/** A connection from which nothing came for this long is closed: clients ping twice a second. */
export const LIVENESS_MS = 30_000;
/** After the last one out the transport rolls on for this long, because a deploy closes every socket at once and a take outlives that. */
export const LAST_OUT_GRACE_MS = 15_000;

/** How far ahead of the room's clock a transport command takes effect: a scheduling margin, and the way to the farthest member. */
export const TRANSPORT_LEAD_MIN_MS = 120;
export const TRANSPORT_LEAD_MAX_MS = 1_000;
/** What was pressed longer ago than this is not done any more: nobody's DAW rolls for a press that its musician has forgotten. */
export const TRANSPORT_POST_LIFETIME_MS = 3_000;
/** A command that was announced may lie this far back when the room reads it: the way to a room on the other side of the world, and some. */
export const ANNOUNCED_PAST_MAX_MS = 500;
/** How much earlier than its instant an announcement may be asked for by whoever is busy, or has a slow DAW; the room's own lead is no longer. */
export const ANNOUNCED_LEAD_MAX_MS = 100;
/** How far from the session's own place a DAW that was touched may say that it is: a stalled link, not another part of the song. */
export const TRANSPORT_SINCE_MAX_MS = 2_000;
/** Where a stop may rest: whole frames of timecode at 30 a second, at which any DAW can stand. */
export const REST_FRAMES = TIMELINE_RATE_HZ / 30;

/** A join ticket's life. Long enough for a slow handshake, too short to be worth stealing. */
export const TICKET_LIFETIME_MS = 60_000;
/** TURN credentials are good for new connections this long: too short to be worth passing on. A relay asks for them when it allocates. */
export const TURN_CREDENTIAL_LIFETIME_MS = 30 * 60 * 1000;
/** A client asks for new ones this long after the last, and gets the same ones no longer than this: so twice as long is always left. */
export const TURN_RENEWAL_MS = TURN_CREDENTIAL_LIFETIME_MS / 3;
/** Where there were none, it asks again after this long. */
export const TURN_RETRY_MS = 30_000;
export const INVITES_PER_SESSION_MAX = 200;
/** Guests in a session at once: friends whom a host knows; whoever comes to many evenings has an account. */
export const GUESTS_PER_SESSION_MAX = 8;
/** A link for a phone is scanned from a screen that its person stands in front of. */
export const PHONE_LINK_LIFETIME_MS = 5 * 60 * 1000;
/** A phone is connected for an evening. */
export const PHONE_LIFETIME_MS = 12 * 60 * 60 * 1000;
export const PHONE_LINK_MAX_CHARS = 200;
/** Who listens by a broadcast's link at once: each of them is a link more for everybody who plays. */
export const LISTENERS_MAX = 10;
/** A broadcast lasts an evening. */
export const BROADCAST_LIFETIME_MS = 12 * 60 * 60 * 1000;
export const BROADCAST_LINK_MAX_CHARS = 240;
export const INVITE_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;
export const INVITE_USES_MAX = 32;
/** How long an evening that is planned may last. */
export const EVENING_MIN_MINUTES = 15;
export const EVENING_MAX_MINUTES = 24 * 60;
/** The longest name in the IANA time zone database has 32. */
export const TIME_ZONE_MAX_CHARS = 64;
/** For whom an invite is, in a few words. */
export const INVITE_LABEL_MAX_CHARS = 60;

/** R2: a part is at least 5 MiB but the last; all parts but the last are equal; at most 10,000 parts. */
export const PART_MIN_BYTES = 5 * 1024 * 1024;
/** A part is verified before it is stored, so it is held in memory: a Worker's isolate has 128 MB for all its requests. */
export const PART_MAX_BYTES = 8 * 1024 * 1024;
/** While one request stores a part, another with the same number waits for at most this long; then it takes over. */
export const PART_LEASE_MS = 15_000;
/** What one request of a completion reads and hashes: in under two minutes at 5 MB/s, before a client gives up waiting for an answer. */
export const HASH_STEP_BYTES = 512 * 1024 * 1024;
/** A completion holds its upload against the sweep for this long: the time to read and hash the largest object. */
export const COMPLETION_LEASE_MS = 60 * 60 * 1000;
/** What ends within this time is not extended any more, because a sweep may have it in hand: far more than two Workers' clocks differ by. */
export const DELETION_MARGIN_MS = 60 * 1000;
/** Session time is the room's clock, milliseconds since 1970: what says a time after the year 2100 is a mistake, and no calendar shows it. */
export const SESSION_TIME_MAX_MS = 4_102_444_800_000;
/** How far a clock's estimate may be from the truth before it says nothing. */
export const CLOCK_ERROR_MAX_MS = 60_000;
/** Uploads that one member has open in a session at once: an evening's takes of sixteen inputs, waiting for a slow line. */
export const OPEN_UPLOADS_PER_MEMBER_MAX = 200;
export const PEAKS_MAX_BYTES = 192 * 1024;
export const PARTS_MAX = 10_000;
export const RECORDING_NAME_MAX_CHARS = 120;
/** RF64 stems beyond this are split by the recorder: R2's largest object is 5 TiB, ours is what ten thousand default parts hold. */
export const RECORDING_MAX_BYTES = PART_MIN_BYTES * PARTS_MAX;
export const RECORDINGS_PER_SESSION_MAX = 2_000;
/** What one account's shared recordings may hold together. A 24-bit mono stem at 48 kHz is 518 MB an hour. */
export const STORAGE_QUOTA_BYTES: Record<Tier, number> = { free: 10e9, pro: 250e9, studio: 2_000e9 };
/** One recording by tier: about four hours of one mono stem on Free. */
export const RECORDING_QUOTA_BYTES: Record<Tier, number> = {
  free: 2e9,
  pro: 20e9,
  studio: RECORDING_MAX_BYTES,
};

/** A profile's fields, counted as a person counts (UAX #29). */
export const BIO_MAX_GRAPHEMES = 600;
export const DAW_MAX_GRAPHEMES = 40;
export const INSTRUMENT_MAX_GRAPHEMES = 30;
export const INSTRUMENTS_MAX = 10;
export const LANGUAGES_MAX = 8;
/** An hour's price; the search tree over rates is deep enough for it. */
export const RATE_MAX_MINOR = 99_999_999;
/** A minute of 16-bit stereo WAV at 48 kHz (11.52 MB), or five of MP3 at 320 kbit/s; held in memory while its kind is looked at. */
export const SAMPLE_MAX_BYTES = 12_000_000;
/** The same with the lines of a form round it. */
export const SAMPLE_BODY_MAX_BYTES = SAMPLE_MAX_BYTES + 16 * 1024;
export const MESSAGE_MAX_GRAPHEMES = 1_000;
/** Messages that one conversation holds: a page of them every day of the year that they are kept. */
export const MESSAGES_PER_CONVERSATION_MAX = 2_000;
export const REPORT_MAX_GRAPHEMES = 1_000;
/** What a person asks under their rights, and what we answer. */
export const REQUEST_MAX_CHARS = 4_000;
export const REQUESTS_OPEN_MAX = 20;
/** Words of one search, and their length: what is beyond is not looked for. */
export const SEARCH_WORDS_MAX = 6;
export const SEARCH_MAX_CHARS = 120;
export const HUB_PAGE_SIZE_DEFAULT = 24;
export const HUB_PAGE_SIZE_MAX = 50;
export const BLOCKS_PER_ACCOUNT_MAX = 1_000;

/** A JSON request body; recordings' parts have their own limit. */
export const JSON_BODY_MAX_BYTES = 64 * 1024;
/** The completion of a recording carries its clock points and peaks. */
export const COMPLETE_BODY_MAX_BYTES = 1024 * 1024;
export const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 100;

/** Posts that a client keeps until the room has answered them. */
export const POSTS_UNANSWERED_MAX = 1_000;
/** Links of one companion: everybody hears everybody directly, which is sensible for a band, and whoever listens to a broadcast hears them too. */
export const LINKS_MAX = 12 + LISTENERS_MAX;
/** Frames in one packet of the studio lane: 2.7 ms, and the block that most devices run at. */
export const LANE_PACKET_FRAMES = 128;
/** Channels of one lane, and of one stem: a drum kit's microphones, or what a packet's three bits tell apart. */
export const LANE_CHANNELS_MAX = 8;
/** Inputs of one device: two interfaces of eight with their digital inputs. */
export const DEVICE_INPUTS_MAX = 32;
/** A packet of a lane, whatever it holds: with what SRTP, TURN, UDP and IP add, one datagram on any path. */
export const LANE_PACKET_MAX_BYTES = 1_200;
/** How long a lane may be held back: a bar of four at 20 bpm takes 12 s, and two seconds are the way. */
export const DELAY_HOLD_MAX_MS = 14_000;
/** Who only listens hears the lanes so much later: long enough to ask twice over half the world, and within what a lane holds. */
export const LISTEN_LATE_MS = 750;
/** Sound that a lane holds before it counts as too late or as an attack: more than a second at 96 kHz, and a power of two. */
export const LANE_BUFFER_FRAMES = 131_072;

/** Deliveries that their owner is shown at once, newest first; the export has all. */
export const DELIVERIES_SHOWN_MAX = 500;
/** Wishes for deletion in one answer: each is signed, and an evening's takes of everybody are fewer. */
export const WISHES_PER_ANSWER_MAX = 100;
/** What a person chooses of what comes to their machine, for one session: more than its people and the takes that anybody goes through one by one. */
export const DELIVERY_CHOICES_MAX = 500;

/** Investigations that keep something at once: a person looks at each again. */
export const HOLDS_MAX = 100;

/** Sessions whose settings one browser remembers: those of a few months for a band that plays weekly. The one not used for longest goes first. */
export const KEPT_SESSIONS_MAX = 20;

/** Controls of the view that one browser has learned to follow by MIDI: every pad and knob of a large controller. */
export const LEARNED_CONTROLS_MAX = 128;

/** An appeal against a decision about a report is taken for six months at least (DSA, Article 20 (1)). */
export const APPEAL_WITHIN_MS = 184 * 24 * 60 * 60 * 1000;

/** Records of the chain of runs in one answer. */
export const RUN_PAGE_SIZE = 500;
