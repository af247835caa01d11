import { account } from "./accounts/account.ts";
import { credentials } from "./accounts/credentials.ts";
import { email } from "./accounts/email.ts";
import { oauth } from "./accounts/oauth-routes.ts";
import { passkeys } from "./accounts/passkeys.ts";
import { passwords } from "./accounts/passwords.ts";
import { reset } from "./accounts/reset.ts";
import { secondFactor } from "./accounts/second-factor.ts";
import { signIn } from "./accounts/sign-in.ts";
import { signUp } from "./accounts/sign-up.ts";
import { networksOf } from "./auth/network.ts";
import { costs, withCosts } from "./http/costs.ts";
import { gpc } from "./http/gpc.ts";
import { health } from "./http/health.ts";
import { methodsAt } from "./http/methods.ts";
import { openApi } from "./http/openapi.ts";
import { codeOfThrown, problem } from "./http/problem.ts";
import { checkPath, withNoStore, withRequest } from "./http/request.ts";
import { newRouter } from "./http/router.ts";
import { withSecurityHeaders } from "./http/security-headers.ts";
import { securityTxt } from "./http/security-txt.ts";
import { withUsageCounted } from "./http/usage.ts";
import { contactRoutes } from "./hub/contact-routes.ts";
import { ownProfileRoutes } from "./hub/own-profile-routes.ts";
import { reports } from "./hub/reports.ts";
import { hub } from "./hub/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { operatorApp } from "./operator/app.tsx";
import { operatorBreaches } from "./operator/breaches.ts";
import { operatorRequests } from "./operator/requests.ts";
import { operator } from "./operator/routes.ts";
import { operatorSignIn } from "./operator/sign-in-routes.ts";
import { accountPages, signInPages } from "./pages/accounts.tsx";
import { broadcastPages } from "./pages/broadcast.tsx";
import { companionPages } from "./pages/companion.tsx";
import { creditPages } from "./pages/credits.tsx";
import { decisionPages } from "./pages/decisions.tsx";
import { erasurePages } from "./pages/erasure.tsx";
import { guestPages } from "./pages/guest.tsx";
import { hubPages } from "./pages/hub.tsx";
import { invitePages } from "./pages/invite.tsx";
import { messagePages } from "./pages/messages.tsx";
import { pages } from "./pages/pages.tsx";
import { phonePages } from "./pages/phone.tsx";
import { policyVersionPages } from "./pages/policy-versions.tsx";
import { privacyCentre } from "./pages/privacy-centre.tsx";
import { pageProblem, wantsPage } from "./pages/problem.tsx";
import { profilePages } from "./pages/profile.tsx";
import { roomPages } from "./pages/room.tsx";
import { sessionPages } from "./pages/sessions.tsx";
import { sitemap } from "./pages/sitemap.ts";
import { takePages } from "./pages/takes.tsx";
import { waitlistPages } from "./pages/waitlist.tsx";
import { type Deps, systemDeps } from "./platform/deps.ts";
import { describeThrown, log } from "./platform/log.ts";
import { decisionRoutes } from "./privacy/decision-routes.ts";
import { erasure } from "./privacy/erasure-routes.ts";
import { dataExport } from "./privacy/export-routes.ts";
import { withErasuresReplayed } from "./privacy/restored.ts";
import { rights } from "./privacy/rights-routes.ts";
import { runRoutes } from "./privacy/run-routes.ts";
import { sessionErasure } from "./privacy/session-erasure-routes.ts";
import { copySeed } from "./recordings/copy-seed.ts";
import { downloads } from "./recordings/download.ts";
import { recordings } from "./recordings/routes.ts";
import { wishRoutes } from "./recordings/wish-routes.ts";
import { roomUpgrade } from "./rooms/room-upgrade.ts";
import { broadcasts, listeners } from "./sessions/broadcast-routes.ts";
import { evenings } from "./sessions/evening-routes.ts";
import { guests } from "./sessions/guest-routes.ts";
import { invites } from "./sessions/invite-routes.ts";
import { members } from "./sessions/members.ts";
import { phonePlaces, phones } from "./sessions/phone-routes.ts";
import { sessions } from "./sessions/routes.ts";
import { tickets } from "./sessions/ticket-routes.ts";
import { waitlist } from "./waitlist/routes.ts";

/** The contents page: every noun mounts its routes here, behind the guards that its own routes name. */
export function createApp(deps: Deps = systemDeps) {
  const app = newRouter();
  app.use(withRequest(deps, app));
  app.use(withSecurityHeaders());
  app.use(withNoStore);
  app.use(checkPath);
  app.use(withCosts(networksOf));
  app.use(withErasuresReplayed());
  app.use(withUsageCounted());

  app.route("/", health);
  app.route("/", securityTxt);
  app.route("/", gpc);
  app.route("/", signUp);
  app.route("/", signIn);
  app.route("/", reset);
  app.route("/", account);
  app.route("/", email);
  app.route("/", passwords);
  app.route("/", passkeys);
  app.route("/", secondFactor);
  app.route("/", credentials);
  app.route("/", oauth);
  app.route("/", erasure);
  app.route("/", dataExport);
  app.route("/", rights);
  app.route("/", decisionRoutes);
  app.route("/", runRoutes);
  app.route("/", sessions);
  app.route("/", sessionErasure);
  app.route("/", members);
  app.route("/", evenings);
  app.route("/", invites);
  app.route("/", guests);
  app.route("/", phones);
  app.route("/", phonePlaces);
  app.route("/", broadcasts);
  app.route("/", listeners);
  app.route("/", tickets);
  app.route("/", recordings);
  app.route("/", downloads);
  app.route("/", wishRoutes);
  app.route("/", copySeed);
  app.route("/", roomUpgrade);
  app.route("/", hub);
  app.route("/", ownProfileRoutes);
  app.route("/", contactRoutes);
  app.route("/", messageRoutes);
  app.route("/", reports);
  app.route("/", operator);
  app.route("/", operatorRequests);
  app.route("/", operatorBreaches);
  app.route("/", operatorSignIn);
  app.route("/", operatorApp);
  app.route("/", waitlist);
  app.route("/", signInPages);
  app.route("/", accountPages);
  app.route("/", erasurePages);
  app.route("/", privacyCentre);
  app.route("/", decisionPages);
  app.route("/", companionPages);
  app.route("/", waitlistPages);
  app.route("/", profilePages);
  app.route("/", hubPages);
  app.route("/", messagePages);
  app.route("/", sitemap);
  app.route("/", sessionPages);
  app.route("/", takePages);
  app.route("/", creditPages);
  app.route("/", roomPages);
  app.route("/", invitePages);
  app.route("/", guestPages);
  app.route("/", phonePages);
  app.route("/", broadcastPages);
  app.route("/", pages);
  app.route("/", policyVersionPages);

  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.get("/openapi.json", costs("free"), openApi(app));

  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path);
    // A route that answers this method has looked and found nothing.
    if (allowed.length === 0 || allowed.includes(c.req.method))
      return wantsPage(c) ? pageProblem(c, "not-found") : problem(c, "not-found");
    c.header("Allow", allowed.join(", "));
    return problem(c, "method-not-allowed");
  });
  app.onError((error, c) => {
    const code = codeOfThrown(error);
    if (code === "internal-error") {
      const { method, routePath } = c.req;
      log({
        event: "internal-error",
        requestId: c.get("requestId"),
        method,
        route: routePath,
        ...describeThrown(error),
      });
    }
    return wantsPage(c) ? pageProblem(c, code) : problem(c, code);
  });
  return app;
}

export const app = createApp();
