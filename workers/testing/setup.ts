import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";

// One runtime serves file after file, since starting one costs more than most files; each begins with nothing stored.
await reset();
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
