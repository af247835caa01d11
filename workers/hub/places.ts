import { and, asc, gte, lt, max } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { profiles } from "../../migrations/schema.ts";

/** The highest place on the Hub; 0 while there is nobody. */
export async function highestPlace(db: D1Database): Promise<number> {
  const highest = await drizzle(db)
    .select({ place: max(profiles.hubPosition) })
    .from(profiles)
    .get();
  return highest?.place ?? 0;
}

/** Published profiles at the places from `from` up to and without `to`. */
export async function profilesAt(db: D1Database, from: number, to: number): Promise<string[]> {
  const { id, hubPosition: place } = profiles;
  const rows = await drizzle(db)
    .select({ id })
    .from(profiles)
    .where(and(gte(place, from), lt(place, to)))
    .orderBy(asc(place));
  return rows.map((row) => row.id);
}
