import { connect, createServer, type Socket } from "node:net";

/** What a way across the country does to a TCP connection: delay, jitter, and a retransmission where a packet is lost. Order stays. */
export interface WayOptions {
  oneWayMs: number;
  jitterMs: number;
  loss: number;
  seed: number;
}

const RETRANSMIT_MS = 300;

/** Opens a port that leads to `origin` by such a way. The seed replays what it does to which piece. */
export async function openWay(origin: string, { oneWayMs, jitterMs, loss, seed }: WayOptions) {
  const { hostname, port } = new URL(origin);
  let state = seed >>> 0 || 1;
  const random = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket) => {
    let dueMs = 0;
    // Timers of one instant may come in any order; what is carried may not.
    const waiting: (() => void)[] = [];
    const later = (call: () => void) => {
      waiting.push(call);
      const lost = random() < loss ? RETRANSMIT_MS : 0;
      dueMs = Math.max(dueMs, performance.now() + oneWayMs + random() * jitterMs + lost);
      setTimeout(() => waiting.shift()?.(), Math.max(0, dueMs - performance.now()));
    };
    from.on("data", (bytes) => later(() => to.writable && to.write(bytes)));
    from.on("end", () => later(() => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
    sockets.add(from);
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.setNoDelay(true);
    far.setNoDelay(true);
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The way has no port.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
