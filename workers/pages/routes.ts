/** Every page that anybody may read: the sitemap, the browser tests and the screenshots go through this list. */
export const publicPages = [
  "/",
  "/help",
  "/status",
  "/privacy",
  "/sign-up",
  "/sign-in",
  "/reset",
  "/waitlist",
  "/hub",
] as const;

/** Every page that a person sees when signed in and that needs nothing else: the browser tests go through it as well. */
export const memberPages = ["/account", "/device"] as const;
