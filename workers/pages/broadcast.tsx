import { type MemberId, newId } from "../../protocol/ids.ts";
import { listenText } from "../../site/i18n/listen.ts";
import { ListenOut } from "../../site/views/sessions/listen.tsx";
import { RoomPage } from "../../site/views/sessions/room.tsx";
import { readBroadcast, signSeat } from "../auth/broadcast-token.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { sendPage, type Visit, withPage } from "./page.ts";

/** Whoever has the link hears the session, and learns nothing else of it: neither its name nor who plays. */
async function show(c: AppContext, { page }: Visit) {
  const broadcast = await readBroadcast(c.env, c.req.param("link") ?? "", c.var.deps.now());
  if (broadcast === null) return sendPage(c, <ListenOut page={page} />, 404);
  const listener = newId("mem", c.var.deps.random) as MemberId;
  const session = {
    sessionId: broadcast.sessionId,
    memberId: listener,
    role: "observer" as const,
    accents: {},
    name: listenText[page.language].title,
    seat: await signSeat(c.env, { ...broadcast, listener }),
  };
  return await sendPage(c, <RoomPage page={page} session={session} />);
}

/** What a broadcast's link opens: the page that listens. */
export const broadcastPages = newRouter();
broadcastPages.get("/listen/:link", costs("read"), needs("isolation"), withPage(show));
