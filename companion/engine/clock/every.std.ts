/** Calls again and again until it is told to stop; a program that has nothing else to do may end meanwhile. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  letGo(timer);
  return () => clearInterval(timer);
}

/** In a browser a timer is a number, and keeps nothing alive. */
function letGo(timer: number | { unref(): unknown }): void {
  if (typeof timer !== "number") timer.unref();
}
