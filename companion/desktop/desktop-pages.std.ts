import * as z from "zod";
import { type ErrorCode, ErrorCode as ErrorCodes } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { SessionDetail } from "../../protocol/sessions.ts";
import { ApiError } from "../engine/api/api-client.std.ts";
import type { Boot } from "../view/boot.std.ts";
import { desktopWords } from "./desktop-words.std.ts";
import { type Assets, drawPage } from "./pages.std.ts";

/** What the home page is told before it asks anything. */
export const HomeBoot = z.object({
  language: z.enum(["en", "de"]),
  /** Why the session that was wanted is not shown. */
  problem: z.union([ErrorCodes, z.literal("network")]).nullable(),
});
export type HomeBoot = z.infer<typeof HomeBoot>;

export interface DesktopPagesOptions {
  assets: Assets;
  language(): "en" | "de";
  /** `null`: nobody is signed in. Throws `ApiError`. */
  read(sessionId: SessionId): Promise<z.infer<typeof SessionDetail> | null>;
}

/** What the app's scheme answers with where it is asked for a page. */
export class DesktopPages {
  readonly #options: DesktopPagesOptions;

  constructor(options: DesktopPagesOptions) {
    this.#options = options;
  }

  async home(problem: ErrorCode | "network" | null): Promise<string> {
    const { assets } = this.#options;
    const language = this.#options.language();
    const boot: HomeBoot = { language, problem };
    return drawPage("home", { assets, language, title: desktopWords[language].title, boot });
  }

  async session(sessionId: SessionId): Promise<string> {
    try {
      const session = await this.#options.read(sessionId);
      if (session === null) return await this.home("unauthenticated");
      const { assets } = this.#options;
      const language = this.#options.language();
      const boot: Boot = {
        sessionId,
        sessionName: session.name,
        memberId: session.memberId,
        role: session.role,
        accents: Object.fromEntries(session.members.map(({ memberId, accent }) => [memberId, accent])),
        language,
        sessionHref: "/",
        sound: assets.sound,
      };
      return drawPage("session", { assets, language, title: session.name, boot });
    } catch (error) {
      return await this.home(error instanceof ApiError ? error.code : "network");
    }
  }
}
