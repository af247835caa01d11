import { publicOrigin } from "../http/origin.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { publicPages } from "./routes.ts";

/**
 * What search engines are told of. Each profile is asked for anew every time: one that was made private is not listed again (A4). A
 * protocol's limit is 50,000 addresses a file (sitemaps.org); below it there is one file, beyond it one for each first letter of an id,
 * of which ids, being random, have equally many. Positions only grow, so the highest says which, and one row is read for it.
 */
const ONE_FILE_MAX = 45_000;
const FILE_MAX = 50_000;
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

const xml = (c: AppContext, body: string) =>
  c.body(`<?xml version="1.0" encoding="UTF-8"?>${body}`, 200, {
    "Content-Type": "application/xml",
    "Cache-Control": "no-store",
  });
const urls = (origin: string, paths: readonly string[]) =>
  `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths.map((path) => `<url><loc>${origin}${path}</loc></url>`).join("")}</urlset>`;

async function published(db: D1Database, from: string, to: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM profiles WHERE id >= ?1 AND id < ?2 AND hub_position IS NOT NULL ORDER BY id LIMIT ?3")
    .bind(from, to, FILE_MAX)
    .all<{ id: string }>();
  return results.map(({ id }) => `/hub/${id}`);
}

export const sitemap = newRouter();
sitemap.get("/robots.txt", (c) => c.text(`User-agent: *\nDisallow: /api/\nSitemap: ${publicOrigin(c)}/sitemap.xml\n`));
sitemap.get("/sitemap.xml", async (c) => {
  const origin = publicOrigin(c);
  const highest = await c.env.DB.prepare("SELECT max(hub_position) AS position FROM profiles").first<number>(
    "position",
  );
  if ((highest ?? 0) <= ONE_FILE_MAX)
    return xml(c, urls(origin, [...publicPages, ...(await published(c.env.DB, "pro_", "pro`"))]));
  const files = ["pages", ...LETTERS].map((name) => `<sitemap><loc>${origin}/sitemap-${name}.xml</loc></sitemap>`);
  return xml(c, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${files.join("")}</sitemapindex>`);
});
sitemap.get("/sitemap-pages.xml", (c) => xml(c, urls(publicOrigin(c), publicPages)));
sitemap.get("/:name{sitemap-[0-9a-hjkmnp-tv-z]\\.xml}", async (c) => {
  const letter = c.req.param("name").charAt("sitemap-".length);
  return xml(c, urls(publicOrigin(c), await published(c.env.DB, `pro_${letter}`, `pro_${letter}~`)));
});
