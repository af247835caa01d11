// The least that a Durable Object can do: one insert for each message, then everybody hears it. Bundled by nothing: workerd runs it as it is.
import { DurableObject } from "cloudflare:workers";

export class Bare extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, text TEXT)");
  }

  fetch() {
    const pair = new WebSocketPair();
    this.ctx.acceptWebSocket(pair[1]);
    return new Response(null, { status: 101, webSocket: pair[0] });
  }

  webSocketMessage(_socket, text) {
    this.ctx.storage.sql.exec("INSERT INTO log (text) VALUES (?)", text);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }

  webSocketClose() {}
}

export default {
  fetch(request, env) {
    return env.BARE.get(env.BARE.idFromName(new URL(request.url).pathname)).fetch(request);
  },
};
