import { xmlText } from "../../audio/xml.ts";
import { iso } from "../i18n/format.ts";

/** Credits: who played what, when and on which input, as the takes of a session tell it. */

export interface CreditedStem {
  memberId: string;
  /** As it is seen in the session. */
  who: string;
  /** The input that it was recorded on. */
  input: string;
  takeId: string;
  startedAtMs: number;
  seconds: number;
}

/** One person on one input. */
export interface Credit {
  memberId: string;
  who: string;
  input: string;
  takes: number;
  firstAtMs: number;
  lastAtMs: number;
  seconds: number;
}

/** People in the order in which they first played, their inputs likewise. */
export function creditsOf(stems: readonly CreditedStem[]): Credit[] {
  const credits = new Map<string, Credit & { takeIds: Set<string> }>();
  for (const stem of [...stems].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    const { memberId, who, input, takeId, startedAtMs, seconds } = stem;
    const key = `${memberId} ${input}`;
    const known = credits.get(key);
    if (known === undefined) {
      const one = { memberId, who, input, takes: 1, firstAtMs: startedAtMs, lastAtMs: startedAtMs, seconds };
      credits.set(key, { ...one, takeIds: new Set([takeId]) });
      continue;
    }
    known.takeIds.add(takeId);
    known.takes = known.takeIds.size;
    known.lastAtMs = startedAtMs;
    known.seconds += seconds;
  }
  const firstOf = new Map<string, number>();
  for (const { memberId, firstAtMs } of credits.values())
    firstOf.set(memberId, Math.min(firstAtMs, firstOf.get(memberId) ?? firstAtMs));
  return [...credits.values()]
    .map(({ takeIds: _ids, ...credit }) => credit)
    .sort((a, b) => (firstOf.get(a.memberId) ?? 0) - (firstOf.get(b.memberId) ?? 0) || a.firstAtMs - b.firstAtMs);
}

/** A program that calculates must not take a name for a formula (OWASP, "CSV injection"). */
const cell = (value: string | number): string => {
  const text = typeof value === "string" && /^\s*[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Every stem as a line (RFC 4180), in UTF-8 and saying so, because spreadsheets guess otherwise. */
export function creditsCsv(
  stems: readonly CreditedStem[],
  heads: readonly [string, string, string, string, string],
): string {
  const rows = [...stems]
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
    .map(({ who, input, takeId, startedAtMs, seconds }) => [who, input, takeId, iso(startedAtMs), seconds.toFixed(3)]);
  return `\ufeff${[heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

type Tree = readonly [tag: string, content: string | readonly Tree[], attributes?: Readonly<Record<string, string>>];

function write([tag, content, attributes = {}]: Tree, indent = ""): string {
  const start = `${indent}<${[tag, ...Object.entries(attributes).map(([name, value]) => `${name}="${xmlText(value)}"`)].join(" ")}>`;
  if (typeof content === "string") return `${start}${xmlText(content)}</${tag}>`;
  return `${start}\n${content.map((one) => write(one, `${indent}  `)).join("\n")}\n${indent}</${tag}>`;
}

/** ISO 8601, section 5.5.2. */
const duration = (seconds: number) => `PT${Math.floor(seconds / 60)}M${(seconds % 60).toFixed(2)}S`;

export interface Notified {
  sessionId: string;
  name: string;
  createdAtMs: number;
  nowMs: number;
  /** Of this message, drawn for it. */
  messageId: string;
}

/**
 * A Recording Information Notification (DDEX RIN 2.1): the people, the session, and each input of each person as a component of its one
 * recording. What RIN asks for and nobody told us, such as ISRC, ISNI and who wrote the work, is left for whoever finishes the record.
 */
export function creditsRin(stems: readonly CreditedStem[], notified: Notified): string {
  const { sessionId, name, createdAtMs, nowMs, messageId } = notified;
  const credits = creditsOf(stems);
  const people = [...new Map(credits.map(({ memberId, who }) => [memberId, who]))];
  const partyOf = new Map(people.map(([memberId], at) => [memberId, `P${at + 1}`]));
  const contributor = (reference: string, memberId: string, at: number, input?: string): Tree => [
    "Contributor",
    [
      [reference, partyOf.get(memberId) ?? ""],
      ["Role", "Musician"],
      ...(input === undefined
        ? []
        : ([["InstrumentType", "UserDefined", { UserDefinedValue: input }]] satisfies Tree[])),
    ],
    { SequenceNumber: String(at + 1) },
  ];
  const artist: Tree = ["DisplayArtistName", people.map(([, who]) => who).join(", "), { IsDefault: "true" }];
  const seconds = Math.max(0, ...stems.map((stem) => stem.seconds));
  const tree: Tree = [
    "rin:RecordingInformationNotification",
    [
      [
        "MessageHeader",
        [
          ["MessageThreadId", sessionId],
          ["MessageId", messageId],
          ["MessageCreatedDateTime", iso(nowMs)],
          ["MessageControlType", "LiveMessage"],
        ],
      ],
      [
        "PartyList",
        people.map(
          ([memberId, who], at): Tree => [
            "Party",
            [
              ["PartyId", [["ProprietaryId", memberId, { Namespace: "SessionLinked" }]]],
              ["PartyReference", `P${at + 1}`],
              ["PartyName", [["FullName", who]]],
              ["IsOrganization", "false"],
            ],
          ],
        ),
      ],
      [
        "MusicalWorkList",
        [
          [
            "MusicalWork",
            [
              ["MusicalWorkReference", "W1"],
              ["Title", [["TitleText", name]]],
            ],
          ],
        ],
      ],
      [
        "ResourceList",
        [
          [
            "SoundRecording",
            [
              artist,
              ["SoundRecordingId", [["ProprietaryId", sessionId, { Namespace: "SessionLinked" }]]],
              ["ResourceReference", "A1"],
              ["Title", [["TitleText", name]]],
              ["Duration", duration(seconds)],
              ["SoundRecordingMusicalWorkReference", "W1"],
              ...credits.map(({ memberId, input }, at) =>
                contributor("ContributorPartyReference", memberId, at, input),
              ),
              ["SoundRecordingProjectReference", "J1"],
              ["SoundRecordingSessionReference", "O1"],
            ],
          ],
        ],
      ],
      [
        "RecordingComponentList",
        credits.map(
          ({ memberId, who, input }, at): Tree => [
            "RecordingComponent",
            [
              ["RecordingComponentReference", `K${at + 1}`],
              ["SequenceNumber", String(at + 1)],
              ["Title", `${input} (${who})`],
              contributor("RecordingComponentContributorReference", memberId, 0, input),
            ],
          ],
        ),
      ],
      [
        "ProjectList",
        [
          [
            "Project",
            [
              ["ProjectReference", "J1"],
              ["ProjectName", name],
            ],
          ],
        ],
      ],
      [
        "SessionList",
        [
          [
            "Session",
            [
              ["SessionReference", "O1"],
              ["SessionType", "Recording"],
              ["StartDateTime", iso(credits[0]?.firstAtMs ?? createdAtMs)],
              ...people.map(([memberId], at) => contributor("SessionContributorReference", memberId, at)),
              ["SessionProjectReference", "J1"],
              ["SessionSoundRecordingReference", "A1"],
              ...credits.map((_, at): Tree => ["SessionRecordingComponentReference", `K${at + 1}`]),
            ],
          ],
        ],
      ],
    ],
    {
      "xmlns:rin": "http://ddex.net/xml/rin/21",
      SchemaVersionId: "2.1",
      AvsVersionId: "4",
      LanguageAndScriptCode: "en",
    },
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(tree)}\n`;
}
