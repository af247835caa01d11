import { env } from "cloudflare:workers";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { roomOf } from "../platform/jurisdiction.ts";

/** When a call fails: before it was made, or after it was made and only its answer is lost. */
export type Moment = "before" | "after";
/**
 * What happens then: one call fails and the next works, or the Worker is gone and every later call fails as well. A Worker that dies before a
 * call is one that died after the call before it, so whoever kills it after each call has killed it everywhere.
 */
export type Fault = "hiccup" | "kill";

/**
 * Bindings on which the `at`-th call to D1, R2 or the room fails (counted from 1; 0: never). `calls` says how many there were, so a
 * test goes through every step of anything by raising `at` until it is past the last.
 */
export class Faults {
  calls = 0;
  /** Which call failed, for the message of a test that did. */
  failed: string | null = null;
  readonly #plan: { at: number; moment: Moment; fault: Fault };

  constructor(plan: { at: number; moment: Moment; fault: Fault } = { at: 0, moment: "before", fault: "hiccup" }) {
    this.#plan = plan;
  }

  get isDead(): boolean {
    return this.failed !== null && this.#plan.fault === "kill";
  }

  async #call<Answer>(name: string, make: () => Promise<Answer>): Promise<Answer> {
    if (this.isDead) throw new Error("The Worker is gone.");
    const isIt = ++this.calls === this.#plan.at;
    if (isIt && this.#plan.moment === "before") throw this.#fail(name);
    const answer = await make();
    if (isIt) throw this.#fail(name);
    return answer;
  }

  #fail(name: string): Error {
    this.failed = name;
    return new Error(`${name}: We encountered an internal error. Please try again. (10001)`);
  }

  /** Every method of `target` named here is a call; the others are its own. */
  #watch<Target extends object>(
    target: Target,
    of: string,
    methods: Record<string, ((answer: never) => unknown) | null>,
  ) {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== "function") return value;
        if (!Object.hasOwn(methods, name)) return value.bind(target);
        const wrap = methods[name as string];
        return (...args: unknown[]) => {
          if (wrap === undefined || wrap === null)
            return this.#call(`${of}.${String(name)}`, async () => await value.apply(target, args.map(unwrap)));
          return wrap(value.apply(target, args) as never);
        };
      },
    });
  }

  #statement = (statement: D1PreparedStatement): D1PreparedStatement => {
    const watched = this.#watch(statement, "DB", {
      bind: this.#statement,
      first: null,
      run: null,
      all: null,
      raw: null,
    });
    originals.set(watched, statement);
    return watched;
  };

  #upload = (upload: R2MultipartUpload) =>
    this.#watch(upload, "upload", { uploadPart: null, complete: null, abort: null });

  readonly bindings: Env = {
    ...env,
    DB: this.#watch(env.DB, "DB", { prepare: this.#statement, batch: null }),
    RECORDINGS: this.#watch(env.RECORDINGS, "R2", {
      get: null,
      head: null,
      put: null,
      delete: null,
      list: null,
      createMultipartUpload: null,
      resumeMultipartUpload: this.#upload,
    }),
  };

  /** For `Deps`: the room, whose calls count as well. */
  readonly reachRoom: Deps["reachRoom"] = async (_, sessionId) => {
    const room = await roomOf(env, sessionId);
    return {
      end: () => this.#call("room.end", async () => await room.end()),
      announceRecordings: () => this.#call("room.announce", async () => await room.announceRecordings()),
      applyDecision: (...args) => this.#call("room.apply", async () => await room.applyDecision(...args)),
      applyState: (state) => this.#call("room.state", async () => await room.applyState(state)),
      reachedFrames: async () => await room.reachedFrames(),
      here: async () => await room.here(),
      forgetMember: (...args) => this.#call("room.forget", async () => await room.forgetMember(...args)),
      snapshot: async (afterSeq) => await room.snapshot(afterSeq),
    };
  };
}

const originals = new WeakMap<object, object>();
/** A batch takes D1's own statements. */
const unwrap = (arg: unknown): unknown =>
  Array.isArray(arg) ? arg.map((item) => originals.get(item as object) ?? item) : arg;
