import { env } from "cloudflare:workers";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { roomOf } from "../platform/jurisdiction.ts";

/**
 * When a call fails: before it was made, or after it was made and only its answer is lost. Of a call that only reads it makes no difference,
 * so *after* is counted in calls that write.
 */
export type Moment = "before" | "after";
/**
 * What happens then: one call fails and the next works, or the Worker is gone and every later call fails as well. A Worker that dies before a
 * call, or after one that only reads, leaves what it left after the last call that wrote: whoever kills it after each of these has
 * killed it everywhere.
 */
export type Fault = "hiccup" | "kill";

/** Whether a statement changes nothing. In doubt it does. */
const isRead = (sql: string) => /^\s*(select|with)\b/i.test(sql) && !/\b(insert|update|delete|replace)\b/i.test(sql);

/**
 * Bindings on which the `at`-th call to D1, R2 or the room fails (counted from 1, `after` in calls that write; 0: never). `failed` stays
 * null when there were not so many, so a test goes through every step of anything by raising `at` until it is past the last.
 */
export class Faults {
  /** All calls, whatever they did. */
  calls = 0;
  #steps = 0;
  /** Which call failed, for the message of a test that did. */
  failed: string | null = null;
  readonly #plan: { at: number; moment: Moment; fault: Fault };

  constructor(plan: { at: number; moment: Moment; fault: Fault } = { at: 0, moment: "before", fault: "hiccup" }) {
    this.#plan = plan;
  }

  get isDead(): boolean {
    return this.failed !== null && this.#plan.fault === "kill";
  }

  async #call<Answer>(name: string, writes: boolean, make: () => Promise<Answer>): Promise<Answer> {
    if (this.isDead) throw new Error("The Worker is gone.");
    this.calls++;
    const isStep = writes || this.#plan.moment === "before";
    const isIt = isStep && ++this.#steps === this.#plan.at;
    if (isIt && this.#plan.moment === "before") throw this.#fail(name);
    const answer = await make();
    if (isIt) throw this.#fail(name);
    return answer;
  }

  #fail(name: string): Error {
    this.failed = name;
    return new Error(`${name}: We encountered an internal error. Please try again. (10001)`);
  }

  /** Every method of `target` named here is a call that reads or writes, or gives something that makes calls; the others are its own. */
  #watch<Target extends object>(target: Target, of: string, methods: Record<string, Method>) {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== "function") return value;
        const method = Object.hasOwn(methods, name) ? methods[name as string] : undefined;
        if (method === undefined) return value.bind(target);
        return (...args: never[]) => {
          if (typeof method === "object") return method.gives(value.apply(target, args) as never, ...args);
          const writes = typeof method === "function" ? method(...args) : method === "writes";
          return this.#call(`${of}.${String(name)}`, writes, async () => await value.apply(target, args.map(unwrap)));
        };
      },
    });
  }

  #statement = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const kind = isRead(sql) ? "reads" : "writes";
    const watched = this.#watch(statement, "DB", {
      bind: { gives: (bound) => this.#statement(bound as D1PreparedStatement, sql) },
      first: kind,
      run: kind,
      all: kind,
      raw: kind,
    });
    originals.set(watched, { statement, sql });
    return watched;
  };

  #upload = (upload: R2MultipartUpload) =>
    this.#watch(upload, "upload", { uploadPart: "writes", complete: "writes", abort: "writes" });

  readonly bindings: Env = {
    ...env,
    DB: this.#watch(env.DB, "DB", {
      prepare: { gives: (statement, sql) => this.#statement(statement as D1PreparedStatement, sql as string) },
      batch: (statements) => (statements as object[]).some((one) => !isRead(originals.get(one)?.sql ?? "")),
    }),
    RECORDINGS: this.#watch(env.RECORDINGS, "R2", {
      get: "reads",
      head: "reads",
      list: "reads",
      put: "writes",
      delete: "writes",
      createMultipartUpload: "writes",
      resumeMultipartUpload: { gives: (upload) => this.#upload(upload as R2MultipartUpload) },
    }),
  };

  /** For `Deps`: the room, whose calls count as well. */
  readonly reachRoom: Deps["reachRoom"] = async (_, sessionId) => {
    const room = await roomOf(env, sessionId);
    const call = <Answer>(name: string, make: () => Promise<Answer>) => this.#call(`room.${name}`, true, make);
    return {
      end: () => call("end", async () => await room.end()),
      announceRecordings: () => call("announce", async () => await room.announceRecordings()),
      applyDecision: (...args) => call("apply", async () => await room.applyDecision(...args)),
      applyState: (state) => call("state", async () => await room.applyState(state)),
      connectPhone: async (...args) => await room.connectPhone(...args),
      endPhones: (owner) => call("phones", async () => await room.endPhones(owner)),
      startBroadcast: async (...args) => await room.startBroadcast(...args),
      endBroadcast: () => call("broadcast", async () => await room.endBroadcast()),
      reachedFrames: async () => await room.reachedFrames(),
      here: async () => await room.here(),
      forgetMember: (...args) => call("forget", async () => await room.forgetMember(...args)),
      snapshot: async (afterSeq) => await room.snapshot(afterSeq),
    };
  };
}

/** What a method does: a call that reads or writes (or says so by what it is given), or no call, and its result makes them. */
type Method =
  | "reads"
  | "writes"
  | ((...args: unknown[]) => boolean)
  | { gives: (value: unknown, ...args: unknown[]) => unknown };

const originals = new WeakMap<object, { statement: object; sql: string }>();
/** A batch takes D1's own statements. */
const unwrap = (arg: unknown): unknown =>
  Array.isArray(arg) ? arg.map((item) => originals.get(item as object)?.statement ?? item) : arg;
