import type * as schema from "../../migrations/schema.ts";
import type { Kind } from "../platform/personal-seal.ts";

/**
 * The data inventory's rules as values: what we hold, about whom, why, for how long, and how it leaves. Sweep, erasure, export, the policy
 * page's table, docs/STORAGE.md and the Article 30 register are made from them. A table or a column without a rule does not compile.
 */
export type Tables = {
  [Name in keyof typeof schema as (typeof schema)[Name] extends { $inferSelect: unknown }
    ? Name
    : never]: (typeof schema)[Name] extends { $inferSelect: infer Row } ? Row : never;
};
export type TableName = keyof Tables;

export interface Words {
  en: string;
  de: string;
}

/** GDPR Article 6 (1). */
export type LawfulBasis = "contract" | "consent" | "legitimate-interest" | "legal-obligation";

/** Who sees it besides the person and Cloudflare, on which everything runs. */
export type Recipient = "collaborators" | "correspondent" | "public" | "mail" | "operators";

/** How the erasure of an account reaches rows: deletes them, empties the column that names the person, or leaves them to a step of its own. */
export type Erase = "delete" | "forget" | "step";

export type Subject<Column extends string> =
  /** The column holds the person's account id. `shows`: what of the row is theirs to see, if less than its exported columns. */
  | { column: Column; is: "account"; erase: Erase; shows?: readonly Column[] }
  /** The column holds the blind index of the person's address, which is sealed in another. */
  | { column: Column; is: "address"; sealed: Column; erase: Erase; shows?: readonly Column[] }
  /** The column's value stands under `key` in a table that leads on to the person. */
  | { column: Column; in: TableName; key: string; erase: "step" };

export type Retention<Column extends string> =
  /** Until the moment that stands in the column. */
  | { kind: "until"; column: Column }
  /** So long after that moment; `whileEmpty`: only while another column is empty. */
  | { kind: "after"; column: Column; ms: number; whileEmpty?: Column }
  /** So long after the launch, whose day is configuration. */
  | { kind: "after-launch"; ms: number }
  /** Until the account is deleted. */
  | { kind: "with-subject" }
  /** With the row that it hangs on by a foreign key. */
  | { kind: "with"; table: TableName }
  /** Rewritten whenever the other table is. */
  | { kind: "follows"; table: TableName }
  /** One row that the next run overwrites. */
  | { kind: "overwritten" }
  /** By a job of cron of its own, because other stores hold part of it. */
  | { kind: "job"; job: string; until: Words };

/** What an access request (Art. 15) shows of a column: the value; nothing, for it is a secret of ours; nothing, for it is somebody else's or ours alone. */
export type Shown = "export" | "secret" | "internal";

export interface Rule<Column extends string> {
  subjects: readonly Subject<Column>[];
  purpose: Words;
  lawfulBasis: LawfulBasis;
  recipients: readonly Recipient[];
  retention: readonly Retention<Column>[];
  columns: { [Name in Column]: Shown };
  /** Columns whose texts are sealed, and what they are: each is under a key that ends. What is shown of them is opened first. */
  sealed?: { [Name in Column]?: Kind };
  /** Columns whose texts are not, each with the reason: they stay in the database's history for 30 days after they are deleted. */
  clear?: { [Name in Column]?: string };
  /** The column that names a row's own key: it ends with the row. */
  ownKey?: Column;
}

/** What is so named is a number, a fingerprint or a keyed index, and holds no words. */
type Nameless = "id" | `${string}Id` | `${string}Hash` | `${string}Index` | `${string}ha256`;

/** The columns of a row that hold any text there is: neither one of a few words, nor sealed. */
type FreeText<Row> = {
  [Name in keyof Row & string]: Name extends Nameless ? never : string extends Row[Name] ? Name : never;
}[keyof Row & string];

/** Whose text lies in the clear is a decision that is written down: a free text that is neither sealed nor given a reason does not compile. */
type Reasons<Row> = [FreeText<Row>] extends [never]
  ? { clear?: never }
  : { clear: { [Name in FreeText<Row>]: string } };

export type Inventory = { [Name in TableName]: Rule<keyof Tables[Name] & string> & Reasons<Tables[Name]> };
