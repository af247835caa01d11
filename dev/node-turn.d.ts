declare module "node-turn" {
  export default class TurnServer {
    constructor(config: {
      listeningIps: string[];
      relayIps: string[];
      listeningPort: number;
      minPort: number;
      maxPort: number;
      realm: string;
      authMech: "long-term";
      credentials: Record<string, string>;
      log(message: string): void;
    });
    start(): void;
    stop(): void;
  }
}
