import * as z from "zod";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "./limits.ts";

/** What every list is asked with. The cursor is the last answer's `nextCursor`, handed back as it came. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().max(200).optional(),
});

/** What every list answers: newest first; `nextCursor` is `null` on the last page. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item).max(PAGE_SIZE_MAX), nextCursor: z.string().nullable() });
