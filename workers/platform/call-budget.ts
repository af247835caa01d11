import { Unavailable } from "./database.ts";
import type { Deps } from "./deps.ts";
import type { Env } from "./env.ts";

/**
 * Calls that one invocation of the Worker may still make. The platform ends an invocation that makes more than 1,000 queries to D1, or more
 * calls out than its plan allows (developers.cloudflare.com/d1/platform/limits, …/workers/platform/limits), and what it was at is then cut
 * anywhere; so work asks first, and leaves the rest to the next run.
 */
export class CallBudget {
  #left: number;
  /** How many were made, for a test and a log. */
  spent = 0;
  readonly #parent: CallBudget | undefined;

  constructor(calls: number, parent?: CallBudget) {
    this.#left = calls;
    this.#parent = parent;
  }

  get left(): number {
    return Math.min(this.#left, this.#parent?.left ?? this.#left);
  }

  /** Whether so many more calls may be made. */
  allows(calls: number): boolean {
    return this.left >= calls;
  }

  /** Notes calls. Work that did not ask is stopped here, before the platform does it. */
  spend(calls: number): void {
    this.#parent?.spend(calls);
    this.#left -= calls;
    this.spent += calls;
    if (this.#left < 0) throw new Unavailable();
  }

  /** A share of this budget: what is spent there is spent here. */
  share(calls: number): CallBudget {
    return new CallBudget(calls, this);
  }
}

/** Calls that a request may make for work that cron can finish. */
const REQUEST_CALLS = 300;

/** The bindings with a budget for what is begun in a request. */
export function withRequestBudget(
  env: Env,
  deps: Deps,
  calls = REQUEST_CALLS,
): { env: Env; deps: Deps; budget: CallBudget } {
  const budget = new CallBudget(calls);
  return { ...metered(env, deps, budget), budget };
}

const binders = new WeakMap<object, D1PreparedStatement>();
const plain = (statement: D1PreparedStatement) => binders.get(statement) ?? statement;

/** The bindings, each call of which is noted: a statement to D1, an operation on R2, a message to a room, a mail. */
export function metered(env: Env, deps: Deps, budget: CallBudget): { env: Env; deps: Deps } {
  const statementOf = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = counting(statement, budget, {
      bind: (...values: unknown[]) => statementOf(statement.bind(...values)),
    });
    binders.set(wrapped, statement);
    return wrapped;
  };
  const DB = counting(env.DB, budget, {
    prepare: (sql: string) => statementOf(env.DB.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) => {
      budget.spend(statements.length);
      return env.DB.batch(statements.map(plain));
    },
  });
  const RECORDINGS = counting(env.RECORDINGS, budget, {
    resumeMultipartUpload: (key: string, uploadId: string) =>
      counting(env.RECORDINGS.resumeMultipartUpload(key, uploadId), budget, {}),
  });
  const EMAIL = counting(env.EMAIL, budget, {});
  const reachRoom: Deps["reachRoom"] = async (_, sessionId) =>
    counting(await deps.reachRoom(env, sessionId), budget, {});
  return { env: { ...env, DB, RECORDINGS, EMAIL }, deps: { ...deps, reachRoom } };
}

/** Every method of `target` costs one call, but those that are given: they are as they are. */
function counting<Target extends object>(target: Target, budget: CallBudget, own: Record<string, unknown>): Target {
  return new Proxy(target, {
    get: (_, name) => {
      if (typeof name === "string" && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        budget.spend(1);
        // A remote object's method is called as it is: whatever else is read of it would be a call of its own.
        return Reflect.apply(value, target, args);
      };
    },
  });
}
