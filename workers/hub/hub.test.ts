import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import type { HubPage, OwnProfile } from "../../protocol/hub.ts";
import { BIO_MAX_GRAPHEMES, INSTRUMENTS_MAX, RATE_MAX_MINOR, SAMPLE_MAX_BYTES } from "../../protocol/limits.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { eraseKey, openSealed } from "../platform/personal-keys.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { person } from "../testing/person.ts";
import { flac, mp4, oggPage, track } from "../testing/sounds.ts";
import { headerOf } from "../testing/studio.ts";
import { editProfile, findOwn, rename, unpublish } from "./store.ts";

const app = createApp();
const origin = "https://sessionlinked.test";

const anyone = (path: string, headers: Record<string, string> = {}) =>
  app.request(`${origin}${path}`, { headers }, env);
const search = async (query: string) => {
  const response = await anyone(`/api/v1/hub/profiles?${query}`);
  expect(response.status).toBe(200);
  return response.json<HubPage>();
};
const found = async (query: string) => (await search(query)).items.map(({ displayName }) => displayName);
const count = async (table: string) => await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n");

const wav = (bytes: number) => {
  const file = new Uint8Array(bytes);
  file.set(headerOf({ dataBytes: bytes - 44 }));
  return file;
};

beforeEach(async () => {
  for (const table of ["profiles", "hub_search", "hub_spellings", "accounts", "rate_limits"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  for (const { key } of (await env.RECORDINGS.list({ prefix: "samples/" })).objects) await env.RECORDINGS.delete(key);
});

describe("profiles", () => {
  test("A3: every field may be absent; what is given comes back; what is left out is cleared", async () => {
    const ada = await person("Ada");
    const empty = await (await ada.call("GET", "/api/v1/profile")).json<OwnProfile>();
    expect(empty).toMatchObject({
      daw: null,
      instruments: [],
      languages: [],
      rate: null,
      bio: null,
      publishedAtMs: null,
    });
    const full = {
      daw: "Reaper",
      instruments: ["Cello", "Singende Säge"],
      languages: ["de", "en"],
      rate: { amountMinor: 4500, currency: "EUR" as const },
      bio: "Line one\n\nLine two 🎻",
      availability: "open" as const,
    };
    expect(await ada.put(full)).toMatchObject(full);
    const { profileId, ...nothing } = empty;
    expect(profileId).toBeNull();
    expect(await ada.put({ daw: "Ardour" })).toMatchObject({ ...nothing, daw: "Ardour" });
    // Half of a rate says nothing to others, and would still be kept.
    const row = await env.DB.prepare("SELECT * FROM profiles WHERE account_id = ?").bind(ada.accountId).first();
    const kept = Object.keys(row ?? {}).filter((column) => row?.[column] !== null);
    expect(kept.sort()).toEqual(["account_id", "id", "updated_at_ms", "version", "words"]);
    const said = JSON.parse((await openSealed(env, systemDeps, "profile", String(row?.words))) ?? "");
    expect(Object.entries(said).filter(([, value]) => value !== null && String(value) !== "")).toEqual([
      ["daw", "Ardour"],
    ]);
  });

  test("A3: every field at, below and above its limit, and what nobody should write", async () => {
    const ada = await person("Ada");
    const status = async (profile: unknown) => (await ada.call("PUT", "/api/v1/profile", profile)).status;
    const family = "👨‍👩‍👧‍👦";
    for (const good of [
      { bio: family.repeat(BIO_MAX_GRAPHEMES) },
      { bio: "x" },
      { bio: "مرحبا، أعزف العود" },
      { bio: "<script>alert(1)</script>'; DROP TABLE profiles; --" },
      { daw: "x".repeat(40) },
      { instruments: Array.from({ length: INSTRUMENTS_MAX }, (_, at) => `Oud ${at}`) },
      { instruments: ["Cello", "cello", "CÉLLO", ...Array(20).fill("Cello")] },
      { rate: { amountMinor: 0, currency: "JPY" } },
      { rate: { amountMinor: RATE_MAX_MINOR, currency: "EUR" } },
      { languages: ["de", "de"] },
    ])
      expect(await status(good), JSON.stringify(good).slice(0, 60)).toBe(200);
    for (const bad of [
      { bio: family.repeat(BIO_MAX_GRAPHEMES + 1) },
      { bio: "   " },
      { bio: "a\0b" },
      { bio: "abc\u202egnp.exe" },
      { bio: "\ud83d" },
      { bio: 7 },
      { daw: "x".repeat(41) },
      { daw: "…" },
      { instruments: Array.from({ length: INSTRUMENTS_MAX + 1 }, (_, at) => `Oud ${at}`) },
      { instruments: ["x".repeat(31)] },
      { instruments: "Cello" },
      { rate: { amountMinor: -1, currency: "EUR" } },
      { rate: { amountMinor: RATE_MAX_MINOR + 1, currency: "EUR" } },
      { rate: { amountMinor: 1.5, currency: "EUR" } },
      { rate: { amountMinor: 1, currency: "EURO" } },
      { rate: { amountMinor: 1 } },
      { languages: ["xx"] },
      { availability: "maybe" },
      [],
    ])
      expect(await status(bad), JSON.stringify(bad).slice(0, 60)).toBe(422);
  });

  test("A3: a first look at one's own profile writes nothing", async () => {
    const ada = await person("Ada");
    expect((await ada.call("GET", "/api/v1/profile")).status).toBe(200);
    expect(await count("profiles")).toBe(0);
  });

  test("A3: an edit writes rows for the words that it changes, and no more of them than are kept", async () => {
    const written = { rows: 0 };
    const DB: D1Database = new Proxy(env.DB, {
      get: (db, name) =>
        name === "batch"
          ? async (statements: D1PreparedStatement[]) => {
              const results = await db.batch(statements);
              for (const { meta } of results) written.rows += meta.rows_written;
              return results;
            }
          : Reflect.get(db, name, db).bind(db),
    });
    const words = Array.from({ length: 300 }, (_, at) => `wort${at.toString(36).padStart(3, "x")}`);
    const ada = await person("Ada");
    await ada.publish({ bio: "Hello." });
    const edit = async (bio: string) => {
      written.rows = 0;
      expect(await editProfile({ ...env, DB }, systemDeps, ada.accountId, { bio })).not.toBeNull();
      return written.rows;
    };
    const [all, one, none] = [await edit(words.join(" ")), await edit(`ende ${words.join(" ")}`), await edit("Hello.")];
    expect(all).toBeLessThan(2_500);
    expect(one).toBeLessThan(40);
    expect(none).toBeLessThan(1_500);
    expect((await (await ada.call("GET", "/api/v1/profile")).json<OwnProfile>()).bio).toBe("Hello.");
  });

  test("A4: private by default; published and private again at once: page of the API, search, sound, index, spellings", async () => {
    const ada = await person("Ada Quillfeather");
    const { profileId } = await ada.put({ instruments: ["Theremin"], bio: "zitherfield" });
    expect((await ada.call("PUT", "/api/v1/profile/sample", wav(2_000))).status).toBe(200);
    const seen = async () => ({
      direct: (await anyone(`/api/v1/hub/profiles/${profileId}`)).status,
      sample: (await anyone(`/hub/${profileId}/sample`)).status,
      all: await found(""),
      word: await found("q=zither"),
      slip: await found("q=quilfeather"),
      tag: await found("instrument=theremin"),
      index: await count("hub_search"),
      spellings: (await count("hub_spellings")) === 0 ? 0 : "some",
    });
    const hidden = { direct: 404, sample: 404, all: [], word: [], slip: [], tag: [], index: 0, spellings: 0 };
    const name = ["Ada Quillfeather"];
    const shown = {
      direct: 200,
      sample: 200,
      all: name,
      word: name,
      slip: name,
      tag: name,
      index: 1,
      spellings: "some",
    };
    expect(await seen()).toEqual(hidden);
    expect((await ada.call("PUT", "/api/v1/profile/publication")).status).toBe(200);
    expect(await seen()).toEqual(shown);
    expect((await ada.call("DELETE", "/api/v1/profile/publication")).status).toBe(200);
    expect(await seen()).toEqual(hidden);
    await ada.call("PUT", "/api/v1/profile/publication");
    expect((await ada.call("DELETE", "/api/v1/profile")).status).toBe(204);
    expect(await seen()).toEqual(hidden);
    expect((await env.RECORDINGS.list({ prefix: "samples/" })).objects).toEqual([]);
  });

  test("A4: answers about profiles are kept by no cache", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.publish({ bio: "hello" });
    await ada.call("PUT", "/api/v1/profile/sample", wav(100));
    for (const path of [`/api/v1/hub/profiles/${profileId}`, "/api/v1/hub/profiles", `/hub/${profileId}/sample`]) {
      const kept = (await anyone(path)).headers.get("Cache-Control") ?? "";
      expect(kept, path).toMatch(/no-store|private, no-cache/);
    }
  });

  test("an edit of a published profile changes what finds it; two edits at once leave one of them whole", async () => {
    const ada = await person("Ada");
    await ada.publish({ bio: "glockenspiel" });
    await ada.put({ bio: "marimba" });
    expect(await found("q=glockenspiel")).toEqual([]);
    expect(await found("q=marimba")).toEqual(["Ada"]);
    await rename(env, systemDeps, ada.accountId, "Ada Featherstone");
    expect([await found("q=ada"), await found("q=featherstone")]).toEqual([["Ada Featherstone"], ["Ada Featherstone"]]);
    await Promise.all(["oboe", "harp", "viola", "tabla"].map((bio) => ada.put({ bio })));
    const { bio } = await (await ada.call("GET", "/api/v1/profile")).json<OwnProfile>();
    for (const word of ["oboe", "harp", "viola", "tabla"])
      expect(await found(`q=${word}`)).toHaveLength(word === bio ? 1 : 0);
    expect(await count("hub_search")).toBe(1);
  });
});

describe("the sound on a profile", () => {
  test("its kind is told by its bytes, its size is bounded, ranges are served", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.publish();
    const put = async (bytes: Uint8Array) => (await ada.call("PUT", "/api/v1/profile/sample", bytes)).status;
    const text = (words: string) => new TextEncoder().encode(words.padEnd(64, "\0"));
    for (const sound of [
      wav(64),
      flac,
      oggPage("OpusHead"),
      mp4("M4A ", track("soun")),
      new Uint8Array([0xff, 0xfb, 0x90, 0x64]),
    ])
      expect(await put(sound)).toBe(200);
    for (const other of [
      text("<html><script>"),
      text("MZ"),
      text("RIFF    WEBP"),
      text(""),
      new Uint8Array(0),
      text("\0\0\0 ftypqt  "),
    ])
      expect(await put(other)).toBe(415);
    expect(await put(wav(SAMPLE_MAX_BYTES))).toBe(200);
    expect(await put(wav(SAMPLE_MAX_BYTES + 1))).toBe(413);
    const part = await anyone(`/hub/${profileId}/sample`, { Range: "bytes=0-3" });
    expect([part.status, await part.text(), part.headers.get("Content-Type")]).toEqual([206, "RIFF", "audio/wav"]);
    expect((await anyone(`/hub/${profileId}/sample`, { Range: `bytes=${SAMPLE_MAX_BYTES}-` })).status).toBe(416);
    await ada.call("DELETE", "/api/v1/profile/sample");
    expect((await anyone(`/hub/${profileId}/sample`)).status).toBe(404);
    expect((await env.RECORDINGS.list({ prefix: "samples/" })).objects).toEqual([]);
  });
});

describe("a sound and its row", () => {
  test("X3, A4: sounds that are sent at once: what is named is what is played, and nothing else is kept", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.publish();
    const sizes = [100, 200, 300, 400, 500];
    await Promise.all(sizes.map((size) => ada.call("PUT", "/api/v1/profile/sample", wav(size))));
    const own = await (await ada.call("GET", "/api/v1/profile")).json<OwnProfile>();
    const played = await anyone(`/hub/${profileId}/sample`);
    expect((await played.arrayBuffer()).byteLength).toBe(own.sampleBytes);
    expect((await env.RECORDINGS.list({ prefix: "samples/" })).objects).toHaveLength(1);
  });

  test("E3: a sound that arrives while its account is erased goes with it", async () => {
    const ada = await person("Ada");
    await ada.publish();
    const put = env.RECORDINGS.put.bind(env.RECORDINGS);
    const bindings = {
      ...env,
      RECORDINGS: new Proxy(env.RECORDINGS, {
        get: (target, name) => {
          const value = Reflect.get(target, name, target) as unknown;
          if (name !== "put") return typeof value === "function" ? value.bind(target) : value;
          return async (key: string, bytes: Uint8Array<ArrayBuffer>) => {
            await put(key, bytes);
            await eraseAccount(env, systemDeps, ada.accountId, "operator");
          };
        },
      }),
    };
    const late = await app.request(
      `${origin}/api/v1/profile/sample`,
      { method: "PUT", headers: { Authorization: `Bearer ${ada.token}` }, body: wav(100) },
      bindings,
    );
    expect(late.status).toBe(401);
    expect((await env.RECORDINGS.list({ prefix: "samples/" })).objects).toEqual([]);
  });
});

describe("a database of yesterday", () => {
  const words = async () =>
    (await env.DB.prepare("SELECT DISTINCT word FROM hub_spellings").all<{ word: string }>()).results.map(
      ({ word }) => word,
    );

  test("A3: whoever changes a published profile has published it when they did, and whoever takes it back and returns, anew", async () => {
    const ada = await person("Ada");
    await ada.publish({ bio: "theremin" });
    const at = (nowMs: number) => ({ ...systemDeps, now: () => nowMs });
    const first = await findOwn(env, systemDeps, ada.accountId);
    const later = (first?.publishedAtMs ?? 0) + 60_000;
    const edited = await editProfile(env, at(later), ada.accountId, { bio: "theremin and saw" });
    expect(edited?.after).toMatchObject({ publishedAtMs: first?.publishedAtMs, updatedAtMs: later });
    await unpublish(env, at(later + 1), ada.accountId);
    const again = await editProfile(env, at(later + 2), ada.accountId, { published: true });
    expect(again?.after.publishedAtMs).toBe(later + 2);
  });

  test("A4, X21: a profile that is published again by a database of before its key ended is shown to nobody, and goes with every word of its own", async () => {
    const [ada, noor] = [await person("Ada"), await person("Noor")];
    const { profileId } = await ada.publish({ bio: "theremin and harpsichord" });
    await noor.publish({ bio: "harpsichord" });
    const profile = await findOwn(env, systemDeps, ada.accountId);
    // Rows and index are those of before; the key is gone for good.
    await eraseKey(env, systemDeps, ada.accountId);
    expect([await count("hub_search"), (await words()).includes("theremin")]).toEqual([2, true]);
    expect(await found("q=theremin")).toEqual([]);
    expect(await found("q=harpsichord")).toEqual(["Noor"]);
    expect((await anyone(`/api/v1/hub/profiles/${profileId}`)).status).toBe(404);
    expect((await anyone(`/hub/${profileId}`)).status).toBe(404);

    await unpublish(env, { ...systemDeps, now: () => 1_234 }, ada.accountId);
    const left = await env.DB.prepare(
      "SELECT hub_position, published_at_ms, updated_at_ms, version FROM profiles WHERE account_id = ?",
    )
      .bind(ada.accountId)
      .first<Record<string, unknown>>();
    expect(left).toMatchObject({ hub_position: null, published_at_ms: null, updated_at_ms: 1_234 });
    expect(left?.version).not.toBe(profile?.version);
    expect(left?.version).toMatch(/^\w{20}$/);
    expect(await count("hub_search")).toBe(1);
    expect(await words()).toContain("harpsichord");
    expect(await words()).not.toContain("theremin");
    expect(await eraseAccount(env, systemDeps, ada.accountId, "operator")).toBe(true);
    expect([await count("profiles"), await count("accounts")]).toEqual([1, 1]);
  });
});

describe("search", () => {
  test("A4: by word, by its beginning, with a slip, with and without accents; nearest fit first, then newest", async () => {
    await (await person("Björk Cellista")).publish({ bio: "strings" });
    await (await person("Émile")).publish({ instruments: ["Cello"], bio: "I teach" });
    await (await person("Noor")).publish({ bio: "My grandfather played the cello" });
    await (await person("Zoë")).publish({ instruments: ["Cello"], daw: "Logic Pro" });
    expect(await found("q=cello")).toEqual(["Zoë", "Émile", "Noor"]);
    expect(await found("q=cell")).toEqual(["Björk Cellista", "Zoë", "Émile", "Noor"]);
    expect(await found("q=bjork")).toEqual(["Björk Cellista"]);
    expect(await found("q=BJÖRK strings")).toEqual(["Björk Cellista"]);
    expect(await found("q=emile cello")).toEqual(["Émile"]);
    for (const slip of ["grandfathr", "grandfatther", "grandfqther", "grnadfather"]) {
      const page = await search(`q=${slip}`);
      expect(page.items.map(({ displayName }) => displayName)).toEqual(["Noor"]);
      expect(page.corrected).toEqual([{ typed: slip, sought: ["grandfather"] }]);
    }
    for (const nothing of ["grandmother", "%25", '"', "'; DROP TABLE profiles", "* OR name:x", "NEAR(a b)", "🎸"])
      expect(await found(`q=${nothing}`), nothing).toEqual([]);
    expect(await found("q=%00cello")).toHaveLength(3);
  });

  test("A4: a whole word ranks above a word that begins so; a scarce word too many is left out, and said", async () => {
    await (await person("Bassett")).publish({ bio: "Cello" });
    await (await person("Kim")).publish({ instruments: ["Bass"] });
    await (await person("Lee")).publish({ instruments: ["Bassoon"] });
    await (await person("Sam")).publish({ instruments: ["Drums"], bio: "Loves polka" });
    expect(await found("q=bass")).toEqual(["Kim", "Bassett", "Lee"]);
    const without = await search("q=drummer polka dodecaphony");
    expect(without.items.map(({ displayName }) => displayName)).toEqual(["Sam"]);
    expect(without.dropped).toEqual(["dodecaphony"]);
    expect((await search("q=cello drummer&limit=1")).dropped).toHaveLength(1);
    expect((await search("q=bass&limit=1")).dropped).toEqual([]);
    expect(await search("q=dodecaphony")).toMatchObject({ items: [], dropped: [] });
  });

  test("A4: umlauts either way are no slip; other scripts are found as they are written", async () => {
    await (await person("Jörg Müller")).publish({});
    await (await person("Aoi")).publish({ bio: "東京でジャズギターを弾きます" });
    await (await person("Asha")).publish({ bio: "मैं गिटार बजाता हूँ" });
    for (const typed of ["mueller", "muller", "müller", "Jörg Mueller", "joerg"]) {
      const page = await search(`q=${encodeURIComponent(typed)}`);
      expect([page.items.length, page.corrected], typed).toEqual([1, []]);
    }
    expect(await found("q=ジャズ")).toEqual(["Aoi"]);
    expect(await found("q=弾")).toEqual(["Aoi"]);
    expect(await found("q=गिटार")).toEqual(["Asha"]);
    expect(await found("q=गटर")).toEqual([]);
  });

  test("A3: a profile that says nothing is not published, and one that says nothing any more is private", async () => {
    const ada = await person("Ada");
    expect((await ada.call("PUT", "/api/v1/profile/publication")).status).toBe(409);
    await ada.put({ daw: "Reaper" });
    expect((await ada.call("PUT", "/api/v1/profile/publication")).status).toBe(409);
    await ada.publish({ bio: "Cello" });
    expect(await found("")).toEqual(["Ada"]);
    await ada.put({});
    expect(await found("")).toEqual([]);
  });

  test("by instrument, DAW, language, availability and every combination of them", async () => {
    await (await person("One")).publish({
      instruments: ["Bass"],
      daw: "Reaper",
      languages: ["de"],
      availability: "open",
    });
    await (await person("Two")).publish({
      instruments: ["Bass", "Drums"],
      daw: "Ableton Live",
      languages: ["de", "en"],
    });
    await (await person("Three")).publish({
      instruments: ["Drums"],
      daw: "Reaper",
      languages: ["en"],
      availability: "later",
    });
    expect(await found("instrument=bass")).toEqual(["Two", "One"]);
    expect(await found("instrument=DRUMS&language=en")).toEqual(["Three", "Two"]);
    expect(await found("daw=ableton live")).toEqual(["Two"]);
    expect(await found("daw=Reaper&language=de")).toEqual(["One"]);
    expect(await found("availability=later&daw=reaper&q=dru")).toEqual(["Three"]);
    expect(await found("instrument=bass&language=en&daw=reaper")).toEqual([]);
  });

  test("by rate: both ends count, and exactly, whatever the numbers", async () => {
    const rates = [0, 1, 3, 4, 15, 16, 17, 4_500, 4_501, 99_999, RATE_MAX_MINOR];
    for (const amountMinor of rates)
      await (await person(`P${amountMinor}`)).publish({ rate: { amountMinor, currency: "EUR" } });
    await (await person("Yen")).publish({ rate: { amountMinor: 4_500, currency: "JPY" } });
    await (await person("Free")).publish({});
    for (const low of rates)
      for (const high of rates) {
        const expected = rates.filter((rate) => rate >= low && rate <= high).map((rate) => `P${rate}`);
        expect((await found(`currency=EUR&rateMin=${low}&rateMax=${high}`)).reverse()).toEqual(expected);
      }
    expect(await found("currency=EUR&rateMin=4500")).toHaveLength(4);
    expect(await found("currency=EUR&rateMax=3")).toHaveLength(3);
    expect(await found("currency=JPY")).toEqual(["Yen"]);
    expect((await anyone("/api/v1/hub/profiles?rateMin=1")).status).toBe(422);
  });

  test("pages follow one another without gap or repeat, across the tiers and while others publish", async () => {
    for (let at = 0; at < 7; at++) await (await person(`Viola ${at}`)).publish({});
    for (let at = 0; at < 7; at++) await (await person(`Person ${at}`)).publish({ instruments: ["Viola"] });
    for (let at = 0; at < 7; at++) await (await person(`Teacher ${at}`)).publish({ bio: "viola" });
    const all = await found("q=viola&limit=50");
    expect(all).toHaveLength(21);
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await search(`q=viola&limit=4${cursor}`);
      seen.push(...page.items.map(({ displayName }) => displayName));
      cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
      await (await person("Viola newcomer")).publish({});
    } while (cursor !== "");
    expect(seen).toEqual(all);
    for (const bad of [
      "cursor=x",
      "cursor=WzEsIjkiXQ",
      "limit=0",
      "limit=51",
      "availability=x",
      `q=${"x".repeat(121)}`,
    ])
      expect((await anyone(`/api/v1/hub/profiles?${bad}`)).status, bad).toBe(422);
  });
});
