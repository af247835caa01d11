/** A script of its own, fetched where the room stands: wishes and their key as the site gives them to this page. */
import * as z from "zod";
import { DeletionWish, WISH_KEY_PATH, WishKey } from "../../protocol/deliveries.ts";
import { readWishes as readSigned } from "../engine/delivery/wishes.std.ts";

const Wishes = z.object({ items: z.array(DeletionWish) });
const ask = async (path: string): Promise<unknown> => (await fetch(path)).json();

/** The wishes that wait for this person in a session, as far as the service has signed them. */
export const readWishes = (sessionId: string): Promise<DeletionWish[]> =>
  readSigned(
    {
      listWishes: async () => Wishes.parse(await ask("/api/v1/deletion-wishes")).items,
      readWishKey: async () => WishKey.parse(await ask(WISH_KEY_PATH)),
    },
    sessionId,
  );
