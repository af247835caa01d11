import { publicPages } from "../../workers/pages/routes.ts";
import type { Shot, Visitor } from "./shot.ts";
import type { World } from "./world.ts";

const nameOf = (path: string) => (path === "/" ? "home" : path.slice(1).replaceAll("/", "-"));

/** The site's pages and their states: empty, found, refused, sent, full of work. */
export function siteShots({ sessionId, inviteCode, profileId, guests, one }: World): Shot[] {
  const session = `/sessions/${sessionId}`;
  const shot = (name: string, who: Visitor, path: string, act?: Shot["act"]): Shot =>
    act === undefined ? { name, who, path } : { name, who, path, act };
  return [
    ...["site", "people", "takes"].map((part) => shot(`design ${part}`, "nobody", `/design?part=${part}`)),
    ...["", "recording", "away", "door", "over"].map((scene) =>
      shot(`design room${scene === "" ? "" : ` ${scene}`}`, "nobody", `/design?part=room&scene=${scene}`, (page) =>
        page.locator("#view:not(:has(noscript))").waitFor(),
      ),
    ),
    shot("messages", "ada", "/messages"),
    shot("messages empty", "cleo", "/messages"),
    shot("messages one", "ada", one["/messages/:conversationId"].path),
    shot("messages delete", "ada", one["/messages/:conversationId/delete"].path),
    shot("messages report", "ada", one["/messages/:conversationId/report"].path),
    ...publicPages.map((path) => shot(nameOf(path), "nobody", path)),
    shot("home signed-in", "ada", "/"),
    shot("companion signed-in", "ada", "/companion"),
    shot("waitlist refused", "nobody", "/waitlist", async (page) => {
      await page.locator("main form button[type=submit]").click();
    }),
    shot("waitlist mailed", "nobody", "/waitlist?done=mailed"),
    {
      ...shot("menu open", "ada", "/help", async (page) => {
        const menu = page.locator(".top-menu");
        if (await menu.isVisible()) await menu.click();
      }),
      anew: true,
    },
    shot("nowhere", "nobody", "/nowhere"),
    shot("sign-in refused", "nobody", "/sign-in", async (page) => {
      await page.locator("#sign-in button[type=submit]").click();
    }),
    shot("sign-up too-young", "nobody", "/sign-up", async (page) => {
      await page.locator("[name=age][value=younger]").check();
    }),
    shot("sign-up refused", "nobody", "/sign-up", async (page) => {
      await page.locator("#sign-up button[type=submit]").first().click();
    }),
    shot("sign-up mailed", "nobody", "/sign-up?done=mailed"),
    shot("sign-up confirm", "nobody", one["/sign-up/confirm"].path),
    shot("reset mailed", "nobody", "/reset?done=mailed"),
    shot("reset finish", "nobody", one["/reset/finish"].path),
    shot("waitlist confirm faded", "nobody", "/waitlist/confirm?token=faded"),
    shot("unsubscribe faded", "nobody", "/unsubscribe?token=faded"),
    shot("hub found", "nobody", "/hub?q=drummer"),
    shot("hub slip", "nobody", "/hub?q=drmus"),
    shot("hub nobody", "nobody", "/hub?q=glockenspiel+contrabassoon"),
    shot("hub refused", "nobody", "/hub?rate=much&currency=EUR"),
    shot("hub profile nobody", "nobody", `/hub/${profileId}`),
    shot("hub profile", "ada", `/hub/${profileId}`),
    shot("hub profile sent", "ada", `/hub/${profileId}?done=sent`),
    shot("hub report", "ada", one["/hub/:profileId/report"].path),
    shot("hub report refused", "ada", one["/hub/:profileId/report"].path, async (page) => {
      await page.locator("main form button[type=submit]").click();
    }),
    shot("hub answer faded", "ada", one["/hub/answer"].path),
    shot("account", "ada", "/account"),
    shot("account welcome", "new", "/account?done=welcome"),
    shot("account erase", "ada", "/account/erase"),
    shot("account erase confirm", "ada", one["/account/erase/confirm"].path),
    shot("account erased", "nobody", one["/erasure/:erasureId"].path),
    shot("policy version", "nobody", "/privacy/versions/10"),
    shot("policy versions", "nobody", one["/privacy/versions/:version"].path),
    shot("account privacy", "ada", "/account/privacy"),
    shot("account privacy refused", "ada", "/account/privacy", async (page) => {
      await page.locator("#requests button[type=submit]").click();
    }),
    shot("account decisions", "ada", "/account/decisions"),
    shot("account decisions none", "new", "/account/decisions"),
    shot("take report", "ada", one["/sessions/:sessionId/recordings/:recordingId/report"].path),
    shot("recordings", "ada", "/recordings"),
    shot("recordings none", "new", "/recordings"),
    shot("account email", "ada", one["/account/email"].path),
    shot("account take-back", "ada", one["/account/take-back"].path),
    shot("profile", "ada", "/account/profile"),
    shot("profile new", "new", "/account/profile"),
    shot("profile refused", "ada", "/account/profile", async (page) => {
      await page.locator("[name=rate]").fill("a lot");
      await page.locator("[name=rate]").press("Enter");
      await page.waitForLoadState("networkidle");
    }),
    shot("profile delete", "ada", "/account/profile/delete"),
    shot("device", "ada", "/device"),
    shot("companion authorize", "ada", one["/companion/authorize"].path),
    shot("operator", "operator", "/operator"),
    shot("operator refused", "operator", "/operator", async (page) => {
      await page.locator("#holds summary").first().click();
      await page.locator("form:has([name=what][value=account]) button[type=submit]").click();
    }),
    shot("operator sign-in", "nobody", "/operator/sign-in"),
    shot("sessions", "ada", "/sessions"),
    shot("sessions none", "new", "/sessions"),
    shot("sessions refused", "ada", "/invite?code=faded"),
    shot("session host", "ada", session),
    shot("session participant", "ben", session),
    shot("session observer", "cleo", session),
    shot("session no takes", "ada", one["/sessions/:sessionId/leave"].path.replace("/leave", "")),
    shot("session invite made", "ada", session, async (page) => {
      await page.locator("#invites form button[type=submit]").first().click();
      await page.waitForURL(/made=/);
    }),
    shot("session refused", "ada", session, async (page) => {
      await page.locator("#uses").fill("99");
      await page.locator("#evening-zone").fill("");
      await page.locator("#evening form button[type=submit]").first().click();
      await page.locator("#invites form button[type=submit]").first().click();
    }),
    shot("session credits", "ada", `${session}/credits`),
    shot("session credits none", "ada", one["/sessions/:sessionId/leave"].path.replace("/leave", "/credits")),
    shot("session denied", "new", session),
    shot("session leave", "ben", `${session}/leave`),
    shot("session delete", "ada", `${session}/delete`),
    shot("session deleted", "ada", one["/sessions/:sessionId/deleted"].path),
    shot("session remove member", "ada", one["/sessions/:sessionId/members/:memberId/remove"].path),
    shot("session delete take", "ada", one["/sessions/:sessionId/recordings/:recordingId/delete"].path),
    shot("invite nobody", "nobody", `/invite/${inviteCode}`),
    shot("invite", "new", `/invite/${inviteCode}`),
    shot("invite known", "ben", `/invite/${inviteCode}`),
    shot("guest door", "nobody", `/invite/${guests.code}`),
    shot("guest door refused", "nobody", `/invite/${guests.code}`, async (page) => {
      await page.locator("#displayName").fill("SessionLinked");
      await page.locator("#isSixteen").check();
      await page.locator("#displayName").press("Enter");
      await page.waitForURL(/\/guest/);
    }),
    shot("guest out", "nobody", `/sessions/${guests.sessionId}/guest`),
    shot("guest left", "nobody", `/sessions/${guests.sessionId}/guest?done=left`),
    shot("guest leave", "guest", `/sessions/${guests.sessionId}/guest/leave`),
    shot("session guests", "ada", `/sessions/${guests.sessionId}`),
    shot("session remove guest", "ada", `/sessions/${guests.sessionId}/members/${guests.memberId}/remove`),
    shot("invite faded", "new", "/invite/AAAAA-AAAAA"),
  ];
}
