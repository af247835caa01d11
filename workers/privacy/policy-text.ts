import {
  DELETION_RECORD_RETENTION_MS,
  ERASURE_DEADLINE_MS,
  LOG_RETENTION_MS,
  MESSAGE_RETENTION_MS,
  RECORDING_RETENTION_MS,
  TRANSACTION_RETENTION_MS,
  WAITLIST_RETENTION_AFTER_LAUNCH_MS,
} from "../../protocol/retention.ts";
import { days } from "../../site/i18n/format.ts";
import { holdingName } from "../../site/i18n/holdings.ts";
import type { Language } from "../../site/i18n/language.ts";
import { privacyText } from "../../site/i18n/privacy.ts";
import { register } from "./register.ts";
import { recipientWords } from "./retention-words.ts";

/** The lengths that the policy draws, shortest first. */
export const policyLengths = [
  { name: "free", durationMs: RECORDING_RETENTION_MS.free },
  { name: "pro", durationMs: RECORDING_RETENTION_MS.pro },
  { name: "erasure", durationMs: ERASURE_DEADLINE_MS },
  { name: "logs", durationMs: LOG_RETENTION_MS },
  { name: "waitlist", durationMs: WAITLIST_RETENTION_AFTER_LAUNCH_MS },
  { name: "messages", durationMs: MESSAGE_RETENTION_MS },
  { name: "deletion", durationMs: DELETION_RECORD_RETENTION_MS },
  { name: "transactions", durationMs: TRANSACTION_RETENTION_MS },
] as const;

/**
 * The policy as one text, as it is kept of each version (site/policies): blocks with an empty line between them, headings with `#` before them, and
 * the lines of the table with `-`. All that the page says stands in it but the list of its versions.
 */
export function policyText(language: Language): string {
  const t = privacyText[language];
  const blocks = [
    `# ${t.title}`,
    t.lead,
    `## ${t.keep}`,
    ...policyLengths.map(({ name, durationMs }) => `- ${t.lengths[name]}: ${days(language, durationMs)}`),
    t.keepNote,
    ...t.sections.flatMap(({ title, paragraphs }) => [`## ${title}`, ...paragraphs]),
    `## ${t.holdings}`,
    t.holdingsNote,
    ...register.map(({ name, where, purpose, lawfulBasis, recipients, until }) => {
      const seenBy = recipients.map((recipient) => recipientWords[recipient][language]).join(", ");
      const [, purposeColumn, basis, others, length] = t.columns;
      return [
        `- ${holdingName(language, name)} (${t.places[where]}, ${name})`,
        `${purposeColumn}: ${purpose[language]}`,
        `${basis}: ${t.bases[lawfulBasis]}`,
        `${others}: ${seenBy || t.nobodyElse}`,
        `${length}: ${until[language]}`,
      ].join(" · ");
    }),
  ];
  return `${blocks.join("\n\n")}\n`;
}
