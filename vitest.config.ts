import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { buildSite } from "./dev/build.ts";
import { newOpaqueSetup } from "./dev/secrets.ts";

buildSite();

/** A test that takes longer hangs, whatever else the machine does. What a claim says about time is measured in the claim's own clock. */
const patience = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000, interval: 20 } },
};
/**
 * Two files at a time, also on the two cores that CI has, since many of them wait as much as they work. With
 * `isolate: false` each of the two goes from file to file with what it has imported: to import it all again costs more than most files' tests.
 */
const maxWorkers = 2;

/**
 * What states how exactly things happened at once wants the machine for itself, and so does what states to the bit what came live, and browsers that
 * play: their sound comes before everything else, and two cores have enough to do with the players of one file.
 */
const alone = [
  ...["demo", "eight-channels", "safety-copy"].map((name) => `test/live/${name}.test.ts`),
  ...["announce", "broadcast", "devices", "first-run", "safety", "sound"].map((name) => `test/view/${name}.test.ts`),
];

/** The edge's runtime, as a test has it. */
const edge = () => ({
  // Views are hono/jsx; the root tsconfig says so, but the test runner reads its own setting.
  oxc: { jsx: { runtime: "automatic" as const, importSource: "hono/jsx" } },
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
});

/**
 * Two runtimes, one run: `workerd` for what runs at the edge, `node` for everything else. Each file of `workerd` begins with
 * nothing stored (workers/testing/setup.ts); within a file, tests share what is stored.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "tidy", include: ["test/tidy/**/*.test.ts"], maxWorkers, ...patience } },
      {
        ...edge(),
        test: {
          name: "workerd",
          include: ["workers/**/*.test.{ts,tsx}", "test/promises/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          isolate: false,
          maxWorkers,
          ...patience,
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
          isolate: false,
          maxWorkers,
          ...patience,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.test.ts"],
          exclude: ["test/tidy/**", "test/promises/**", "test/**/*.long.test.ts", ...alone],
          globalSetup: ["test/bundle-setup.ts"],
          setupFiles: ["test/node-setup.ts"],
          isolate: false,
          maxWorkers,
          ...patience,
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          globalSetup: ["test/bundle-setup.ts"],
          setupFiles: ["test/node-setup.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      ...(process.argv.includes("long*")
        ? [
            {
              ...edge(),
              test: {
                name: "long-edge",
                include: ["test/promises/**/*.long.test.ts"],
                maxWorkers: 1,
                // Ten years of a hundred thousand people: nobody waits for them.
                testTimeout: 6 * 3_600_000,
                setupFiles: ["workers/testing/setup.ts"],
              },
            },
            {
              test: {
                name: "long",
                include: ["{audio,companion,test}/**/*.long.test.ts"],
                exclude: ["test/promises/**"],
                fileParallelism: false,
                testTimeout: 3_600_000,
              },
            },
          ]
        : []),
    ],
  },
});
