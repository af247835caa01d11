/**
 * A binding of the local platform is asked over loopback. On a busy machine the connection that a call goes out on may have been given up
 * by the other side while this process stood still: such a call never arrived, and is made once more.
 */
export function steady<Binding extends object>(binding: Binding): Binding {
  const inner = new WeakMap<object, object>();
  const unwrap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(unwrap);
    return typeof value === "object" && value !== null ? (inner.get(value) ?? value) : value;
  };
  const wrap = <Part extends object>(part: Part): Part => {
    const outer = new Proxy(part, {
      get(_, key) {
        const value: unknown = Reflect.get(part, key, part);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          const call = (): unknown => Reflect.apply(value, part, given.map(unwrap));
          const answer = call();
          if (answer instanceof Promise)
            return answer.catch((error: unknown) => {
              if (isGivenUp(error)) return call();
              throw error;
            });
          return typeof answer === "object" && answer !== null ? wrap(answer) : answer;
        };
      },
    });
    inner.set(outer, part);
    return outer;
  };
  return wrap(binding);
}

const isGivenUp = (error: unknown): boolean =>
  error instanceof TypeError &&
  error.cause instanceof Error &&
  "code" in error.cause &&
  error.cause.code === "UND_ERR_SOCKET";
