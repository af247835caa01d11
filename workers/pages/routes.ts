/** Every page that anybody may read: the sitemap, the browser tests and the screenshots go through this list. */
export const publicPages = [
  "/",
  "/help",
  "/status",
  "/privacy",
  "/promises",
  "/runs",
  "/companion",
  "/prices",
  "/terms",
  "/imprint",
  "/security",
  "/sign-up",
  "/sign-in",
  "/reset",
  "/waitlist",
  "/hub",
] as const;

/** Pages for whoever builds the system, on their own machine alone. */
export const localPages = ["/design"] as const;

/** Every page that a person sees when signed in and that needs nothing else: the browser tests go through it as well. */
export const memberPages = [
  "/account",
  "/account/decisions",
  "/account/erase",
  "/account/privacy",
  "/account/profile",
  "/account/profile/delete",
  "/account/profile/sample/delete",
  "/recordings",
  "/sessions",
  "/messages",
  "/device",
] as const;

/** The operators' own, which are in no list that anybody else is shown. */
export const operatorPages = ["/operator", "/operator/sign-in"] as const;

/** Every page that is about one thing, named by its address: a session, a profile, a link from a mail. */
export const pagesOfOne = [
  "/account/email",
  "/account/erase/confirm",
  "/account/take-back",
  "/companion/authorize",
  "/erasure/:erasureId",
  "/hub/:profileId",
  "/hub/:profileId/report",
  "/hub/answer",
  "/invite",
  "/invite/:code",
  "/invite/:code/guest",
  "/listen/:link",
  "/messages/:conversationId",
  "/messages/:conversationId/delete",
  "/messages/:conversationId/report",
  "/phone/:link",
  "/privacy/versions/:version",
  "/recordings/:recordingId/delete",
  "/reset/finish",
  "/sessions/:sessionId",
  "/sessions/:sessionId/credits",
  "/sessions/:sessionId/delete",
  "/sessions/:sessionId/deleted",
  "/sessions/:sessionId/guest",
  "/sessions/:sessionId/guest/leave",
  "/sessions/:sessionId/invites",
  "/sessions/:sessionId/leave",
  "/sessions/:sessionId/members/:memberId/remove",
  "/sessions/:sessionId/phone",
  "/sessions/:sessionId/room",
  "/sessions/:sessionId/recordings/:recordingId/delete",
  "/sessions/:sessionId/recordings/:recordingId/report",
  "/sign-up/confirm",
  "/unsubscribe",
  "/waitlist/confirm",
] as const;
