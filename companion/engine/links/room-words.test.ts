import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { MemberId } from "../../../protocol/ids.ts";
import { RoomWords, WORDS_BYTES } from "./room-words.std.ts";
import { sha256 } from "./sha256.std.ts";

const ids = Array.from({ length: 6 }, (_, at) => MemberId.parse(`mem_${String(at).padStart(26, "0")}`));

/** People who are all linked to each other; `between` may change what a link's end sees, and `carry` what is said over it. */
function room(size: number, between: (from: number, to: number) => string = () => "") {
  let nonces = 0;
  const people = ids.slice(0, size).map((memberId) => {
    const heard: string[] = [];
    const newNonce = () => createHash("sha256").update(`${++nonces}`).digest().subarray(0, 16);
    const words = new RoomWords(memberId, newNonce, (state) => heard.push(state.state));
    return { memberId, words, heard };
  });
  const key = (from: number, to: number) => `key of ${from} for ${to}`;
  const link = (version = "") => {
    for (const [at, { words }] of people.entries())
      words.setLinks(
        new Map(
          people.flatMap(({ memberId }, other) =>
            other === at
              ? []
              : [[memberId, { own: key(at, other) + version, theirs: key(other, at) + version + between(at, other) }]],
          ),
        ),
      );
  };
  type Carry = (from: number, to: number, body: Uint8Array) => Uint8Array | null;
  const talk = (rounds: number, carry: Carry = (_, __, body) => body) => {
    for (let round = 0; round < rounds; round++)
      for (const [from, { memberId, words }] of people.entries())
        for (const [to, other] of people.entries()) {
          const body = from === to ? null : carry(from, to, words.message());
          if (body !== null) other.words.hear(memberId, body);
        }
  };
  const words = () =>
    people.map(({ words }) => (words.state.state === "agreed" ? words.state.words.join(" ") : words.state.state));
  return { people, link, talk, words };
}

describe("four words for a whole room", () => {
  test("SHA-256 is that of FIPS 180-4", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) & 255);
      expect(Buffer.from(sha256(bytes)).toString("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });

  test("P65, C2: two to six people have the same four words, though half of what is said is lost", () => {
    for (const size of [2, 3, 6]) {
      const { link, talk, words } = room(size);
      link();
      let said = 0;
      talk(12, (_, __, body) => (said++ % 2 === 0 || said > 200 ? body : null));
      talk(3);
      const [first] = words();
      expect(first).toMatch(/^[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}$/);
      expect(new Set(words())).toEqual(new Set([first]));
    }
  });

  test("P65: another key is other words, and everybody is told", () => {
    const { people, link, talk, words } = room(3);
    link();
    talk(4);
    const [before] = words();
    link(" anew");
    expect(people.map(({ heard }) => heard.at(-1))).toEqual(["agreeing", "agreeing", "agreeing"]);
    talk(4);
    const [after] = words();
    expect(after).not.toBe(before);
    expect(new Set(words()).size).toBe(1);
  });

  test("P65, V2: somebody between two of three is noticed by all three", () => {
    const { link, talk, words } = room(3, (from, to) => (from + to === 3 ? ` taken by ${from}` : ""));
    link();
    talk(6);
    expect(words()).toEqual(["broken", "broken", "broken"]);
  });

  test("P65: somebody between, who answers to each in the other's name, cannot make the words agree", () => {
    // To Ada they are Ben, to Ben they are Ada: two whole rooms that end in other words.
    const [ada, ben] = [room(2), room(2)];
    ada.link(" and the third's");
    ben.link(" and the third's other one");
    ada.talk(4);
    ben.talk(4);
    expect(ada.words()[0]).toMatch(/ /);
    expect(ada.words()[0]).not.toBe(ben.words()[1]);
  });

  test("P65: nobody shows a nonce before everybody is bound, and a nonce that was not committed to is noticed", () => {
    const { people, link, talk, words } = room(3);
    link();
    talk(5, (from, to, body) => (from === 2 && to === 0 ? null : body));
    // Ada has not heard Cleo's commitment, and keeps her own nonce to herself.
    expect(
      people[0]?.words
        .message()
        .subarray(44)
        .every((byte) => byte === 0),
    ).toBe(true);
    talk(3);
    expect(words()[0]).toMatch(/ /);
    const other = room(3);
    other.link();
    other.talk(4, (from, to, body) => {
      const changed = body.slice();
      if (from === 1 && to === 0 && !body.subarray(44).every((byte) => byte === 0)) changed[50] = (body[50] ?? 0) ^ 1;
      return changed;
    });
    expect(other.words()[0]).toBe("broken");
  });

  test("X15: whatever bytes come, nothing throws and nothing is believed", () => {
    const { people, link, talk, words } = room(2);
    link();
    for (let at = 0; at < 2_000; at++) {
      const body = Uint8Array.from(
        { length: at % 3 === 0 ? WORDS_BYTES : at % 200 },
        (_, n) => (at * 31 + n * 7) & 127,
      );
      people[0]?.words.hear(ids[at % 6] ?? ids[0] ?? people[0].memberId, body);
    }
    expect(words()[0]).toBe("agreeing");
    talk(4);
    expect(new Set(words()).size).toBe(1);
  });
});
