import { originOf, signedIn } from "../account.node.ts";
import { type Command, exits } from "../command.node.ts";
import { columns } from "../screen.node.ts";

export const status: Command = {
  name: "status",
  summary: "Says who is signed in where, and which sessions they are in.",
  arguments: [],
  flags: {},
  async run(run) {
    const api = await signedIn(run);
    const sessions = await api.listSessions();
    const rows = sessions.map(({ name, role, sessionId }) => [name, role, sessionId]);
    run.screen.answer({ origin: originOf(run), sessions }, [
      `Signed in at ${originOf(run)}.`,
      ...(rows.length === 0 ? ["In no session yet: sessionlinked join CODE"] : columns(rows)),
    ]);
    return exits.done;
  },
};
