import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Each file has a runtime of its own: in a shared one, what a file leaves running writes into the next one's tables.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
