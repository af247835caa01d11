import { expect, test } from "vitest";
import { aroundEmoji } from "./joiners.ts";

test("an emoji is a piece of its own wherever it stands, and none is overlooked by the quick look", () => {
  for (const one of ["©️", "1️⃣", "™️", "‼️", "👩🏽‍🎤", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "㊙️", "☺️"])
    expect(aroundEmoji(`a${one}b`)).toEqual(["a", one, "b"]);
  expect(aroundEmoji("Gitarre, Blatt 2 #1*")).toEqual(["Gitarre, Blatt 2 #1*"]);
  // All that is not looked for is in no emoji alone; in one of several signs something is that is looked for.
  const overlooked = Array.from({ length: 0x203c }, (_, code) => String.fromCodePoint(code)).filter(
    (sign) => /^\p{RGI_Emoji}$/v.test(sign) && aroundEmoji(sign).length === 1,
  );
  expect(overlooked).toEqual([]);
});
