import { app, type Session, shell, type WebContents } from "electron";
import { APP_SCHEME, isOurs, mayUse, opensOutside } from "./rules.std.ts";

/** Before the app is ready: its scheme is a real origin with fetch, streams and shared memory, and every page of it is sandboxed. */
export const appScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

/** Each web contents that ever comes to be: it stays on our pages, opens no window, and holds no other page. */
export function guardContents(platformOrigin: string): void {
  const outside = (url: string) => {
    const href = opensOutside(url, platformOrigin);
    if (href !== null) void shell.openExternal(href);
  };
  app.on("web-contents-created", (_created, contents: WebContents) => {
    // Each event has overloads of its own, and both carry where it goes.
    for (const moves of ["will-frame-navigate", "will-redirect"] as const)
      contents.on(moves as "will-redirect", (details) => {
        if (isOurs(details.url)) return;
        details.preventDefault();
        outside(details.url);
      });
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      outside(url);
      return { action: "deny" };
    });
  });
}

/** Who may hear, see and play MIDI: our own pages, and those alone. */
export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const mediaTypes = "mediaTypes" in details ? (details.mediaTypes ?? []) : [];
    callback(mayUse({ permission, from: details.requestingUrl, isMainFrame: details.isMainFrame, mediaTypes }));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    const from = details.requestingUrl ?? requestingOrigin;
    const mediaTypes = details.mediaType === undefined ? [] : [details.mediaType];
    return mayUse({ permission, from, isMainFrame: details.isMainFrame, mediaTypes });
  });
  session.setDevicePermissionHandler(() => false);
}
