/** The app's home page: sign in through the browser, one's sessions, and the way in by an invite. */
import { signal } from "@preact/signals";
import { render } from "preact";
import type * as z from "zod";
import { errorTitles } from "../../protocol/error-titles.ts";
import { ErrorCode, Problem } from "../../protocol/errors.ts";
import { pageSchema } from "../../protocol/paging.ts";
import { SessionDetail, SessionSummary } from "../../protocol/sessions.ts";
import "./bridge-room.dom.ts";
import { HomeBoot } from "./desktop-pages.std.ts";
import { desktopWords } from "./desktop-words.std.ts";
import type { Account, Bridge, SignInAnswer } from "./ipc.std.ts";

type Sessions = z.infer<typeof SessionSummary>[];
type Refusal = Extract<SignInAnswer, { ok: false }>["reason"];

const account = signal<Account | null>(null);
const sessions = signal<Sessions | null>(null);
const isSigningIn = signal(false);
const refusal = signal<Refusal | null>(null);
const problem = signal<string | null>(null);

async function readSessions(): Promise<void> {
  sessions.value = null;
  const answer = await fetch("/api/v1/sessions?limit=100").catch(() => null);
  const page = pageSchema(SessionSummary).safeParse(await answer?.json().catch(() => null));
  sessions.value = page.success ? page.data.items : [];
}

async function signIn(bridge: Bridge): Promise<void> {
  isSigningIn.value = true;
  refusal.value = null;
  const answer = await bridge.ask("sign-in", null);
  isSigningIn.value = false;
  if (answer.ok) {
    account.value = answer.account;
    await readSessions();
  } else refusal.value = answer.reason;
}

async function accept(code: string): Promise<void> {
  problem.value = null;
  const answer = await fetch("/api/v1/invites/accept", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  }).catch(() => null);
  const body: unknown = await answer?.json().catch(() => null);
  const session = SessionDetail.safeParse(body);
  if (session.success) location.assign(`/session/${session.data.sessionId}`);
  else problem.value = Problem.safeParse(body).data?.title ?? errorTitles.unavailable;
}

function Home({ boot, bridge }: { boot: HomeBoot; bridge: Bridge }) {
  const words = desktopWords[boot.language].home;
  const code = new URLSearchParams(location.search).get("invite") ?? "";
  const known = ErrorCode.safeParse(boot.problem);
  return (
    <main class="desktop-home">
      <h1>SessionLinked</h1>
      <p class="lead">{words.lead}</p>
      {boot.problem === null ? null : (
        <p class="problem" role="alert">
          {words.problem} {known.success ? errorTitles[known.data] : words.refused.network}
        </p>
      )}
      {account.value?.signedIn === false ? (
        <p>
          <button type="button" class="button" disabled={isSigningIn.value} onClick={() => void signIn(bridge)}>
            {isSigningIn.value ? words.signingIn : words.signIn}
          </button>
        </p>
      ) : null}
      {refusal.value === null ? null : (
        <p class="problem" role="alert">
          {words.refused[refusal.value]}
        </p>
      )}
      {account.value?.keeps === "memory" ? <p role="status">{words.memory}</p> : null}
      {account.value?.signedIn === true ? (
        <>
          <section aria-labelledby="desktop-sessions">
            <h2 id="desktop-sessions">{words.sessions}</h2>
            {sessions.value === null ? <p class="soft">{words.loading}</p> : null}
            {sessions.value?.length === 0 ? <p>{words.none}</p> : null}
            <ul class="desktop-sessions">
              {sessions.value?.map(({ sessionId, name, role }) => (
                <li key={sessionId}>
                  <span>{name}</span> <span class="soft">{words.roles[role]}</span>{" "}
                  <a class="button quiet small" href={`/session/${sessionId}`} aria-label={`${words.join}: ${name}`}>
                    {words.join}
                  </a>
                </li>
              ))}
            </ul>
          </section>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const typed = new FormData(event.currentTarget).get("code");
              if (typeof typed === "string" && typed.trim() !== "") void accept(typed.trim());
            }}
          >
            <label for="desktop-invite">{words.invite}</label>
            <p class="soft" id="desktop-invite-note">
              {words.inviteNote}
            </p>
            <input id="desktop-invite" name="code" value={code} aria-describedby="desktop-invite-note" />
            <button type="submit" class="button">
              {words.accept}
            </button>
            {problem.value === null ? null : (
              <p class="problem" role="alert">
                {problem.value}
              </p>
            )}
          </form>
          <p>
            <button
              type="button"
              class="button quiet small"
              onClick={() => {
                void bridge.ask("sign-out", null).then((now) => {
                  account.value = now;
                });
              }}
            >
              {words.signOut}
            </button>
          </p>
        </>
      ) : null}
    </main>
  );
}

const root = document.getElementById("view");
const bridge = window.sessionlinked;
if (root !== null && bridge !== undefined) {
  const boot = HomeBoot.parse(JSON.parse(root.dataset.boot ?? "null"));
  render(<Home boot={boot} bridge={bridge} />, root);
  void bridge.ask("account", null).then((now) => {
    account.value = now;
    if (now.signedIn) void readSessions();
  });
}
