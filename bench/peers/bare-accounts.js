// The least that an answer of the platform can cost: a Worker without router, schemas, markup or headers, which answers at once; or asks the
// platform's rate limit and, as often as the page does, D1, and sends as many bytes; or asks it twice, says OPAQUE's word (RFC 9807) and asks
// D1 what cannot be left unasked. Bundled by nothing: workerd runs it as it is.
import * as opaque from "../../site/built/opaque.js";

const pages = new Map();
const page = (bytes) => {
  if (!pages.has(bytes)) pages.set(bytes, "x".repeat(bytes));
  return pages.get(bytes);
};

/** The platform's own limit, by network and by the wider one round it. */
const flood = (env, keys) =>
  Promise.all(
    JSON.parse(keys)
      .slice(0, 2)
      .map((key) => env.LIMIT.limit({ key })),
  );

/** What a limit of one's own costs: one look and one write that depend on each other. */
const limit = (db, keys) =>
  db.batch([
    db.prepare("SELECT key FROM buckets WHERE key IN (SELECT value FROM json_each(?)) AND tokens < 1").bind(keys),
    db
      .prepare(
        "INSERT INTO buckets (key, tokens) SELECT value, 1000 FROM json_each(?) WHERE 1 ON CONFLICT DO UPDATE SET tokens = tokens - 1",
      )
      .bind(keys),
  ]);

const wait = (db, data) =>
  db.prepare("INSERT INTO waiting (id, data) VALUES (?, ?)").bind(crypto.randomUUID(), JSON.stringify(data)).run();

const answers = {
  async "/register"(env, { registrationRequest, keys }) {
    await flood(env, keys);
    await limit(env.DB, keys);
    const serverSetup = env.OPAQUE_SETUP;
    const userIdentifier = crypto.randomUUID();
    const answer = opaque.server.createRegistrationResponse({ serverSetup, userIdentifier, registrationRequest });
    await wait(env.DB, { userIdentifier });
    return answer;
  },
  async "/sign-in"(env, { email, startLoginRequest, keys }) {
    await flood(env, keys);
    const known = await env.DB.prepare("SELECT id, record FROM people WHERE email = ?").bind(email).first();
    await env.DB.prepare("SELECT count(*) AS n FROM buckets WHERE key = ?").bind(email).first();
    await limit(env.DB, keys);
    const serverSetup = env.OPAQUE_SETUP;
    const registrationRecord = known?.record ?? null;
    const userIdentifier = known?.id ?? email;
    const answer = opaque.server.startLogin({ serverSetup, userIdentifier, registrationRecord, startLoginRequest });
    await wait(env.DB, { serverLoginState: answer.serverLoginState });
    return { loginResponse: answer.loginResponse };
  },
  /** The arithmetic alone. */
  "/register-only": (env, { registrationRequest }) =>
    opaque.server.createRegistrationResponse({
      serverSetup: env.OPAQUE_SETUP,
      userIdentifier: "x",
      registrationRequest,
    }),
  "/sign-in-only": (env, { startLoginRequest }) =>
    opaque.server.startLogin({
      serverSetup: env.OPAQUE_SETUP,
      userIdentifier: "x",
      registrationRecord: null,
      startLoginRequest,
    }),
};

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/page") {
      await env.LIMIT.limit({ key: "page" });
      for (let asked = 0; asked < Number(searchParams.get("statements")); asked++)
        await env.DB.prepare("SELECT email, id FROM people WHERE email > ? LIMIT 20").bind("").all();
      return new Response(page(Number(searchParams.get("bytes"))), { headers: { "Content-Type": "text/html" } });
    }
    const answer = answers[pathname];
    if (answer === undefined) return Response.json({ ok: true });
    await opaque.load();
    return Response.json(await answer(env, await request.json()));
  },
};
