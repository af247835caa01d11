import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What a form can be asked in; hidden fields and buttons are none. */
const asks = /<(textarea|select|Field|LineField|PasswordField|Labelled|input(?![^>]*type="hidden"))/;

test("no form that asks for something shows the browser's own bubbles: what does not fit is said by the page", () => {
  const paths = globSync("site/{views,design}/**/*.tsx");
  expect(paths.length).toBeGreaterThan(0);
  const bubbling = paths.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].flatMap(([, tag = "", body = ""]) =>
      asks.test(body) && !tag.includes("novalidate") ? [`${path}: ${tag.trim()}`] : [],
    ),
  );
  expect(bubbling).toEqual([]);
});
