/**
 * The one map of what the window and the main process say to each other. Both ends read what comes by these schemas; a name that is not here
 * reaches nobody. What a session is made of, commands, events and the room, is the studio's own contract.
 */
import * as z from "zod";
import { RoomCall, RoomTold } from "../engine/room/room-feed.std.ts";
import { StudioCommand } from "../engine/studio/commands.std.ts";
import { StudioEvent } from "../engine/studio/events.std.ts";

/** Who this machine is. `memory`: this system has no keychain that is open, so whoever signs in is signed out when the app ends (A7). */
export const Account = z.object({
  platformOrigin: z.string(),
  signedIn: z.boolean(),
  keeps: z.enum(["keychain", "memory"]),
});
export type Account = z.infer<typeof Account>;

export const SignInAnswer = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), account: Account }),
  z.object({ ok: z.literal(false), reason: z.enum(["network", "refused", "late", "failed"]) }),
]);
export type SignInAnswer = z.infer<typeof SignInAnswer>;

interface Asks {
  account: { ask: null; answer: Account };
  "sign-in": { ask: null; answer: SignInAnswer };
  "sign-out": { ask: null; answer: Account };
}
interface Says {
  command: StudioCommand;
  room: RoomCall;
  /** The session view is drawn: it wants to be told everything from the beginning. */
  look: null;
}
interface Tells {
  studio: StudioEvent;
  room: RoomTold;
}

type Schemas<Types> = { readonly [Name in keyof Types]: z.ZodType<Types[Name]> };

/** Questions of the window, each with an answer. */
export const asks: {
  readonly [Name in keyof Asks]: {
    ask: z.ZodType<Asks[Name]["ask"]>;
    answer: z.ZodType<Asks[Name]["answer"]>;
  };
} = {
  account: { ask: z.null(), answer: Account },
  "sign-in": { ask: z.null(), answer: SignInAnswer },
  "sign-out": { ask: z.null(), answer: Account },
};
/** What the window says, and waits for nothing. */
export const says: Schemas<Says> = { command: StudioCommand, room: RoomCall, look: z.null() };
/** What the window is told. */
export const tells: Schemas<Tells> = { studio: StudioEvent, room: RoomTold };

export type Ask<Name extends keyof Asks> = Asks[Name]["ask"];
export type Answer<Name extends keyof Asks> = Asks[Name]["answer"];
export type AskName = keyof Asks;
export type SayName = keyof Says;
export type TellName = keyof Tells;
export type Said<Name extends SayName> = Says[Name];
export type Told<Name extends TellName> = Tells[Name];

export const askNames = ["account", "sign-in", "sign-out"] as const satisfies readonly AskName[];
export const sayNames = ["command", "room", "look"] as const satisfies readonly SayName[];

/** The channel of each, as Electron knows it. */
export const channelOf = {
  ask: (name: AskName) => `ask:${name}`,
  say: (name: SayName) => `say:${name}`,
  tell: (name: TellName) => `tell:${name}`,
  /** The port over which the window hands what its device captured to the studio. */
  tap: "tap",
};

/** What a page of ours finds at `window.sessionlinked`, and all that it can reach of this machine. */
export interface Bridge {
  ask<Name extends AskName>(name: Name, question: Ask<Name>): Promise<Answer<Name>>;
  say<Name extends SayName>(name: Name, said: Said<Name>): void;
  /** One listener for each; a second takes the first one's place. */
  onTold<Name extends TellName>(name: Name, listener: (told: Told<Name>) => void): void;
}

/** With what the port arrives in the page, from the page's own window. */
export const TAP_MESSAGE = "sessionlinked-tap";
