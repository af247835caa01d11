import { accountsRules } from "./inventory/accounts.ts";
import { breachesRules } from "./inventory/breaches.ts";
import { deliveriesRules } from "./inventory/deliveries.ts";
import { holdsRules } from "./inventory/holds.ts";
import { hubRules } from "./inventory/hub.ts";
import { mailRules } from "./inventory/mail.ts";
import { messagesRules } from "./inventory/messages.ts";
import { operatorsRules } from "./inventory/operators.ts";
import { privacyRules } from "./inventory/privacy.ts";
import { recordingsRules } from "./inventory/recordings.ts";
import { sessionsRules } from "./inventory/sessions.ts";
import type { Inventory, Rule, TableName } from "./rules.ts";

/** Every table and column with its rule; a new one that has none does not compile. */
export const inventory: Inventory = {
  ...accountsRules,
  ...mailRules,
  ...hubRules,
  ...messagesRules,
  ...sessionsRules,
  ...recordingsRules,
  ...deliveriesRules,
  ...privacyRules,
  ...breachesRules,
  ...operatorsRules,
  ...holdsRules,
};

/** The rules without the names of each table's own columns, for whoever walks through all of them. */
export const tableRules = Object.entries(inventory) as [TableName, Rule<string>][];

/** A column's or table's name in SQL; a test holds the schema to it. */
export const sqlName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
