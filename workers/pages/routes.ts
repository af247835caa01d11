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
] as const;
