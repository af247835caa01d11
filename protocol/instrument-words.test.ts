import { describe, expect, test } from "vitest";
import { kinsOf, phrasesOf } from "./instrument-words.ts";
import { typedWords } from "./search-text.ts";

const meant = (search: string) =>
  phrasesOf(typedWords(search).map(({ word }) => word)).map(({ meaning }) => [
    ...(meaning?.exact ?? []),
    ...(meaning?.near ?? []),
  ]);

describe("A4: what people call an instrument and who plays it", () => {
  test("compounds by their ending; a word alone that only joins is still a word; no instrument is none", () => {
    expect(meant("Jazzgitarristin")[0]).toContain("Electric guitar");
    expect(meant("a drummer for the session").map((one) => one.includes("Drums"))).toEqual([true]);
    expect(meant("the")).toEqual([[]]);
    expect(meant("Zillertal")).toEqual([[]]);
  });

  test("an instrument in one's own words belongs to those of the list", () => {
    expect(kinsOf("Tenor saxophone")).toEqual(["Saxophone"]);
    expect(kinsOf("Bass clarinet")).toEqual(["Clarinet"]);
    expect(kinsOf("Vocals")).toEqual(["Voice"]);
    expect(kinsOf("Kora")).toEqual([]);
  });
});
