import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../../companion/engine/api/api-client.std.ts";
import { startPlatform } from "../../dev/platform.ts";
import { seedAccount } from "../../dev/seed.ts";
import { askAll, type Description, requests } from "./random-requests.ts";

const ABREAST = 16;

/** A platform of its own with two people and a session, asked `count` requests from `seed`; returns what there is to complain of. */
export async function askAtRandom(seed: number, count: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "sessionlinked-random-"));
  const platform = await startPlatform({ isCrowd: true, stateDir: folder });
  try {
    const people = await Promise.all(
      ["ada", "ben"].map((name) =>
        seedAccount(platform, { displayName: name, email: `${name}@example.org`, tier: "pro" }),
      ),
    );
    const session = await new ApiClient(platform.origin, people[0]?.token ?? "").createSession("Random");
    const description = (await (await fetch(`${platform.origin}/openapi.json`)).json()) as Description;
    const ids = [
      session.sessionId,
      session.memberId,
      ...people.map(({ accountId }) => accountId),
      ...["ses_", "rec_", "inv_"].map((kind) => kind.padEnd(30, "0")),
      "1",
      "10001",
    ];
    const asked = requests(description, [null, ...people.map(({ token }) => token)], ids);
    return await askAll(platform.origin, asked, { seed, count, abreast: ABREAST });
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
