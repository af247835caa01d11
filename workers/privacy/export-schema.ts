import { FORMAT } from "./export.ts";
import { sources } from "./export-sources.ts";

/** The export's JSON Schema (2020-12), made from the rules that make the export. */
export function exportSchema() {
  const value = { type: ["string", "number", "null"] };
  const table = (columns: readonly string[]) => ({
    type: "array",
    items: {
      type: "object",
      properties: Object.fromEntries(columns.map((column) => [column, value])),
      required: columns,
      additionalProperties: false,
    },
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A copy of everything that SessionLinked holds about one person",
    type: "object",
    properties: {
      format: { const: FORMAT },
      accountId: { type: "string" },
      tables: {
        type: "object",
        properties: Object.fromEntries(sources.map(({ key, columns }) => [key, table(columns)])),
        required: sources.map(({ key }) => key),
        additionalProperties: false,
      },
      rooms: {
        description:
          "What the person wrote, did, or was told about in each session; a long session is several entries.",
        type: "array",
        items: {
          type: "object",
          properties: {
            memberId: { type: "string" },
            sessionId: { type: "string" },
            events: { type: "array", items: { type: "object" } },
          },
          required: ["memberId", "sessionId", "events"],
          additionalProperties: false,
        },
      },
    },
    required: ["format", "accountId", "tables", "rooms"],
    additionalProperties: false,
  };
}
