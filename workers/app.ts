import { account } from "./accounts/account.ts";
import { reset } from "./accounts/reset.ts";
import { signIn } from "./accounts/sign-in.ts";
import { signUp } from "./accounts/sign-up.ts";
import { token } from "./accounts/token.ts";
import { waysIn } from "./accounts/ways-in.ts";
import { type Deps, systemDeps } from "./deps.ts";
import { withSecurityHeaders } from "./headers.ts";
import { health } from "./health.ts";
import { ownProfileRoutes } from "./hub/own.ts";
import { people } from "./hub/people.ts";
import { reports } from "./hub/reports.ts";
import { hub } from "./hub/routes.ts";
import { describeThrown, log } from "./log.ts";
import { methodsAt } from "./methods.ts";
import { openApi } from "./openapi.ts";
import { operator } from "./operator/routes.ts";
import { accountPages, doorPages } from "./pages/accounts.tsx";
import { companionPages } from "./pages/companion.tsx";
import { hubPages } from "./pages/hub.tsx";
import { invitePages } from "./pages/invite.tsx";
import { pageProblem, pages, wantsPage } from "./pages/pages.tsx";
import { profilePages } from "./pages/profile.tsx";
import { sessionPages } from "./pages/sessions.tsx";
import { sitemap } from "./pages/sitemap.ts";
import { takePages } from "./pages/takes.tsx";
import { waitlistPages } from "./pages/waitlist.tsx";
import { codeOfThrown, problem } from "./problem.ts";
import { downloads } from "./recordings/download.ts";
import { recordings } from "./recordings/routes.ts";
import { checkBodySize, withRequest } from "./request.ts";
import { door } from "./rooms/door.ts";
import { tickets } from "./rooms/routes.ts";
import { newRouter } from "./router.ts";
import { invites } from "./sessions/invites.ts";
import { members } from "./sessions/members.ts";
import { sessions } from "./sessions/routes.ts";
import { waitlist } from "./waitlist/routes.ts";

/** The contents page: every noun mounts its routes here, behind the guards that its own routes name. */
export function createApp(deps: Deps = systemDeps) {
  const app = newRouter();
  app.use(withRequest(deps));
  app.use(withSecurityHeaders);
  app.use(checkBodySize);

  app.route("/", health);
  app.route("/", signUp);
  app.route("/", signIn);
  app.route("/", reset);
  app.route("/", account);
  app.route("/", waysIn);
  app.route("/", token);
  app.route("/", sessions);
  app.route("/", members);
  app.route("/", invites);
  app.route("/", tickets);
  app.route("/", recordings);
  app.route("/", downloads);
  app.route("/", door);
  app.route("/", hub);
  app.route("/", ownProfileRoutes);
  app.route("/", people);
  app.route("/", reports);
  app.route("/", operator);
  app.route("/", waitlist);
  app.route("/", doorPages(app));
  app.route("/", accountPages(app));
  app.route("/", companionPages);
  app.route("/", waitlistPages);
  app.route("/", profilePages);
  app.route("/", hubPages);
  app.route("/", sitemap);
  app.route("/", sessionPages(app));
  app.route("/", takePages(app));
  app.route("/", invitePages(app));
  app.route("/", pages);

  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.get("/openapi.json", openApi(app));

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
