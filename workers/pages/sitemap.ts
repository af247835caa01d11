import { costs } from "../http/costs.ts";
import { publicOrigin } from "../http/origin.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { highestPlace, profilesAt } from "../hub/places.ts";
import { publicPages } from "./routes.ts";

/**
 * What search engines are told of. A profile that was made private is not listed again from that moment (A4), so nothing is kept; instead
 * a file is short: a thousand places on the Hub, found by the index of places, so no request reads more rows than that. Places only grow,
 * so the highest says how many files there are. A protocol's limit is 50,000 files (sitemaps.org).
 */
const PLACES_PER_FILE = 1_000;
const FILES_MAX = 50_000;

const xml = (c: AppContext, body: string) =>
  c.body(`<?xml version="1.0" encoding="UTF-8"?>${body}`, 200, {
    "Content-Type": "application/xml",
    "Cache-Control": "no-store",
  });
const urls = (origin: string, paths: readonly string[]) =>
  `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths.map((path) => `<url><loc>${origin}${path}</loc></url>`).join("")}</urlset>`;

/** Profiles whose place is in a file. */
const pathsIn = async (db: D1Database, file: number): Promise<string[]> =>
  (await profilesAt(db, file * PLACES_PER_FILE, (file + 1) * PLACES_PER_FILE)).map((id) => `/hub/${id}`);

function sendRobots(c: AppContext) {
  return c.text(`User-agent: *\nDisallow: /api/\nSitemap: ${publicOrigin(c)}/sitemap.xml\n`);
}

async function sendSitemap(c: AppContext) {
  const origin = publicOrigin(c);
  const count = Math.min(FILES_MAX, Math.floor((await highestPlace(c.env.DB)) / PLACES_PER_FILE) + 1);
  if (count === 1) return xml(c, urls(origin, [...publicPages, ...(await pathsIn(c.env.DB, 0))]));
  const names = ["pages", ...Array.from({ length: count }, (_, file) => String(file))];
  const files = names.map((name) => `<sitemap><loc>${origin}/sitemap-${name}.xml</loc></sitemap>`);
  return xml(c, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${files.join("")}</sitemapindex>`);
}

function sendPages(c: AppContext) {
  return xml(c, urls(publicOrigin(c), publicPages));
}

async function sendPlaces(c: AppContext) {
  const file = Number(/\d{1,5}/.exec(c.req.param("name") ?? "")?.[0] ?? 0);
  return xml(c, urls(publicOrigin(c), await pathsIn(c.env.DB, file)));
}

export const sitemap = newRouter();
sitemap.get("/robots.txt", costs("free"), sendRobots);
sitemap.get("/sitemap.xml", costs("search"), sendSitemap);
sitemap.get("/sitemap-pages.xml", costs("free"), sendPages);
sitemap.get("/:name{sitemap-[0-9]+\\.xml}", costs("search"), sendPlaces);
