import { PhoneSeat } from "../../protocol/phones.ts";
import { PhoneDoor, PhoneOut } from "../../site/views/sessions/phone.tsx";
import { RoomPage } from "../../site/views/sessions/room.tsx";
import { readPhone } from "../auth/phone-token.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { openName } from "../platform/personal-keys.ts";
import { phoneOf as phoneThatAsks } from "../sessions/phone-guard.ts";
import { openingOf } from "../sessions/store.ts";
import { askApi, isPageOfItsOwn } from "./form.ts";
import { seeOther, sendPage, type Visit, withPage } from "./page.ts";
import { pageProblem } from "./problem.tsx";

/** Whoever opens it learns what it is for, and of the session nothing. */
async function showDoor(c: AppContext, { page }: Visit) {
  const link = c.req.param("link") ?? "";
  const place = await readPhone(c.env, "link", link, c.var.deps.now());
  return place === null
    ? sendPage(c, <PhoneOut page={page} isRefused />, 404)
    : sendPage(c, <PhoneDoor page={page} link={link} />);
}

async function connect(c: AppContext, { page }: Visit) {
  const answer = await askApi(c, "POST", "/phones", { link: c.req.param("link") });
  const seat = PhoneSeat.safeParse(answer.ok ? answer.value : null);
  if (seat.success) return seeOther(c, page, `/sessions/${seat.data.sessionId}/phone`);
  if (!answer.ok && answer.reason !== "invite-invalid" && isPageOfItsOwn(answer.reason))
    return pageProblem(c, answer.reason, answer);
  return sendPage(c, <PhoneOut page={page} isRefused />, 404);
}

/** The live session as a phone has it. Who may enter the room is decided again by its ticket. */
async function showRoom(c: AppContext, { page }: Visit) {
  const found = await phoneThatAsks(c);
  if (found === null) return sendPage(c, <PhoneOut page={page} isRefused={false} />, 404);
  const { sessionId, phone, member, sealedOwner } = found;
  const [opening, phoneOf] = await Promise.all([
    openingOf(c.env, c.var.deps, member),
    openName(c.env, c.var.deps, sealedOwner),
  ]);
  const session = { sessionId, memberId: phone, role: "participant" as const, ...opening, phoneOf };
  return await sendPage(c, <RoomPage page={page} session={session} />);
}

/** A member's phone: the page that its link opens, and the one it has from then on. */
export const phonePages = newRouter();
phonePages.get("/phone/:link", costs("read"), withPage(showDoor));
phonePages.post("/phone/:link", costs("read"), withPage(connect));
phonePages.get("/sessions/:sessionId/phone", costs("read"), needs("isolation"), withPage(showRoom));
