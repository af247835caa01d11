import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { buildSite } from "./dev/build.ts";
import { newOpaqueSetup } from "./dev/secrets.ts";

buildSite();

/**
 * Two runtimes, one run: `workerd` for what runs at the edge (storage is isolated for each file, not for each test),
 * `node` for everything else. Long end-to-end files share two cores, so they run one after the other.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "tidy", include: ["test/tidy/**/*.test.ts"] } },
      {
        // Views are hono/jsx; the root tsconfig says so, but the test runner reads its own setting.
        oxc: { jsx: { runtime: "automatic", importSource: "hono/jsx" } },
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              // Everybody in a test is one network; the limits themselves are tested in workers/route-costs.test.ts.
              ratelimits: Object.fromEntries(
                ["READS", "SEARCHES", "WRITES", "PARTS", "ANONYMOUS_WRITES", "ANONYMOUS_WRITES_WIDE"].map((of, at) => [
                  `LIMIT_${of}`,
                  { namespace_id: String(at), simple: { limit: 1e9, period: 60 as const } },
                ]),
              ),
              bindings: {
                ENVIRONMENT: "local",
                TICKET_KEY: "test ticket key, 32 bytes or more",
                TURN_KEY: "test turn key",
                LINK_KEY: "test link key, 32 bytes or more.",
                STORE_KEY: "test store key, 32 bytes or more",
                OPERATOR_KEY: "test operator key, long enough for a secret",
                OPAQUE_SETUP: await newOpaqueSetup(),
                TEST_MIGRATIONS: await readD1Migrations("migrations"),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["workers/**/*.test.{ts,tsx}", "test/promises/**/*.test.ts"],
          testTimeout: 30_000,
          setupFiles: ["workers/testing/setup.ts"],
        },
      },
      {
        test: {
          name: "node",
          include: [
            "protocol/**/*.test.ts",
            "durable-objects/**/*.test.ts",
            "audio/**/*.test.ts",
            "companion/**/*.test.ts",
            "dev/**/*.test.ts",
            "site/**/*.test.{ts,tsx}",
          ],
          exclude: ["**/*.long.test.ts"],
          setupFiles: ["test/node-setup.ts"],
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.test.ts"],
          exclude: ["test/tidy/**", "test/promises/**", "test/**/*.long.test.ts"],
          setupFiles: ["test/node-setup.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // After the others: it wants both cores for itself.
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.argv.includes("long")
        ? [
            {
              test: {
                name: "long",
                include: ["{audio,companion,test}/**/*.long.test.ts"],
                fileParallelism: false,
                testTimeout: 3_600_000,
              },
            },
          ]
        : []),
    ],
  },
});
