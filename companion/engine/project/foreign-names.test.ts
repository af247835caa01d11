import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { plainInfo, wavHeader } from "../../../audio/wav-writer.ts";
import { initialMap } from "../../../protocol/timeline.ts";
import { dawProject, dawProjectMetadata } from "./dawproject.std.ts";
import { reaperProject } from "./reaper.std.ts";

/** What a member's program may call a marker, a take or a session: every control character, halves of characters, quotes, ends of XML and of lines. */
const hostile = `${Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)).join("")}\u007f\u0085\u2028\ud800\ufffe\uffff"'\`<>&]]>\n  >\n<TRACK é嵐`;
const map = { ...initialMap, markers: [{ markerId: "0", positionFrames: 0, name: hostile }] };
const stem = {
  name: hostile,
  file: "a.wav",
  channels: 1,
  sampleRateHz: 48_000,
  startSeconds: 0,
  paddingSeconds: 0,
  lengthSeconds: 1,
} as const;
/** libxml2 refuses what is not well-formed. */
const read = (xml: string, expression: string) =>
  execFileSync("xmllint", ["--nonet", "--xpath", expression, "-"], { input: xml, encoding: "utf8" });

test("X33: whatever a member has called a marker or a stem, the others' DAWproject is well-formed and has its name", () => {
  const xml = dawProject([stem], map);
  expect(read(xml, "string(//Marker/@name)")).toContain("é嵐");
  expect(read(xml, "count(//Track[@contentType='audio'])").trim()).toBe("2");
  expect(read(dawProjectMetadata(hostile), "string(//Title)")).toContain("é嵐");
});

test("X33: nor do they put a line of their own into a Reaper project", () => {
  const lines = reaperProject([stem], map).split("\n");
  const plain = reaperProject([{ ...stem, name: "a" }], {
    ...map,
    markers: [{ ...map.markers[0], name: "a" } as never],
  });
  expect(lines.length).toBe(plain.split("\n").length);
  expect(lines.filter((line) => /^\s*<TRACK/.test(line))).toHaveLength(1);
  expect(lines.join("\n")).not.toMatch(/(?!\n)\p{Cc}/u);
});

test("X33: nor break the iXML of a file", () => {
  const info = {
    ...plainInfo({ sampleRateHz: 48_000, channels: 1, encoding: "pcm24" }),
    project: hostile,
    track: hostile,
  };
  const header = new TextDecoder().decode(wavHeader(info, 0));
  const xml = /<\?xml[\s\S]*<\/BWFXML>/.exec(header)?.[0] ?? "";
  expect(read(xml, "string(//PROJECT)")).toContain("é嵐");
});
