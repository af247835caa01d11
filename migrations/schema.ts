/** D1's tables, one file a noun. After a change: `npm run migrations` writes the SQL, the inventory says what it is for. */
export * from "./schema/accounts.ts";
export * from "./schema/breaches.ts";
export * from "./schema/deliveries.ts";
export * from "./schema/holds.ts";
export * from "./schema/hub.ts";
export * from "./schema/mail.ts";
export * from "./schema/messages.ts";
export * from "./schema/operators.ts";
export * from "./schema/privacy.ts";
export * from "./schema/recordings.ts";
export * from "./schema/sessions.ts";
