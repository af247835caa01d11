/** What `cloudflare:workers` hands a test: the Worker's bindings, and the Worker itself. The product takes its bindings as an argument. */
declare namespace Cloudflare {
  interface Env extends WorkerEnv {
    TEST_MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("../worker.ts");
  }
}
type WorkerEnv = import("../platform/env.ts").Env;
