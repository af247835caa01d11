import { holdings } from "./holdings.ts";
import { tableRules } from "./inventory.ts";
import { keptFor, recipientWords } from "./retention-words.ts";
import type { LawfulBasis, Recipient, Words } from "./rules.ts";

/** One line of the record of processing activities (GDPR Article 30), made from a rule. */
export interface Activity {
  name: string;
  where: "database" | "store" | "room" | "index" | "disk";
  /** Whether a person is named in it. */
  personal: boolean;
  purpose: Words;
  lawfulBasis: LawfulBasis | "none";
  recipients: readonly Recipient[];
  until: Words;
}

/** Everything that is stored, wherever: the policy page shows it, and so does the register for machines. */
export const register: readonly Activity[] = [
  ...tableRules.map(
    ([name, rule]): Activity => ({
      name,
      where: "database",
      personal: rule.subjects.length > 0,
      purpose: rule.purpose,
      lawfulBasis: rule.lawfulBasis,
      recipients: rule.recipients,
      until: keptFor(rule),
    }),
  ),
  ...holdings.map(
    ({ name, where, purpose, lawfulBasis, recipients, until, erased }): Activity => ({
      name,
      where,
      personal: erased !== "nobody-named",
      purpose,
      lawfulBasis,
      recipients,
      until,
    }),
  ),
];

/** Terms of the Data Privacy Vocabulary's GDPR extension (W3C DPVCG, dpv/legal/eu/gdpr). */
const gdprBasis: Record<LawfulBasis, string> = {
  contract: "eu-gdpr:A6-1-b",
  consent: "eu-gdpr:A6-1-a",
  "legitimate-interest": "eu-gdpr:A6-1-f",
  "legal-obligation": "eu-gdpr:A6-1-c",
};
const both = ({ en, de }: Words) => [
  { "@value": en, "@language": "en" },
  { "@value": de, "@language": "de" },
];

/** The register as JSON-LD in the Data Privacy Vocabulary (DPV 2), for whoever audits by machine. What lies with the person is not ours to register. */
export function registerAsJsonLd(origin: string) {
  return {
    "@context": {
      dpv: "https://w3id.org/dpv#",
      "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
      dct: "http://purl.org/dc/terms/",
    },
    "@graph": [
      {
        "@id": `${origin}/#controller`,
        "@type": "dpv:DataController",
        "dpv:hasName": "SessionLinked Ltd",
        "dpv:hasAddress": "11 Oldham Street, Liverpool, L1 2SU, United Kingdom",
        "dpv:hasContact": "hello@sessionlinked.com",
      },
      {
        "@id": `${origin}/#processor`,
        "@type": "dpv:DataProcessor",
        "dpv:hasName": "Cloudflare, Inc.",
        "dpv:hasLocation": "Stored in its European Union jurisdiction",
      },
      ...register
        .filter(({ where }) => where !== "disk")
        .map(({ name, where, personal, purpose, lawfulBasis, recipients, until }) => ({
          "@id": `${origin}/privacy/register#${where}-${name}`,
          "@type": "dpv:PersonalDataHandling",
          "dct:title": `${where}: ${name}`,
          "dpv:hasDataController": { "@id": `${origin}/#controller` },
          "dpv:hasDataProcessor": { "@id": `${origin}/#processor` },
          "dpv:hasPurpose": { "@type": "dpv:Purpose", "dct:description": both(purpose) },
          ...(lawfulBasis === "none" ? {} : { "dpv:hasLegalBasis": { "@id": gdprBasis[lawfulBasis] } }),
          "dpv:hasRecipient": recipients.map((recipient) => ({
            "@type": "dpv:Recipient",
            "dct:description": both(recipientWords[recipient]),
          })),
          "dpv:hasStorageCondition": { "@type": "dpv:StorageDuration", "dct:description": both(until) },
          ...(personal ? { "dpv:hasDataSubject": { "@id": "dpv:User" } } : {}),
        })),
    ],
  };
}
