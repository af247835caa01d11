import { describe, expect, test } from "vitest";
import { SecondFactorCode, TotpCode, UserCode } from "./accounts.ts";
import { DisplayName } from "./display-name.ts";
import { EmailAddress } from "./email-address.ts";
import { InviteCode } from "./ids.ts";

describe("V1: a display name", () => {
  test.each([
    ["Ada", "Ada"],
    ["  Ada   Lovelace ", "Ada Lovelace"],
    ["Åsa 🎸", "Åsa 🎸"],
    ["ﬁne", "fine"],
    ["a\u2028b", "a b"],
    ["می\u200cخواهم", "می\u200cخواهم"],
    ["क्\u200dषा वर्मा", "क्\u200dषा वर्मा"],
    ["র\u200d্যাম", "র\u200d্যাম"],
    ["രാജന്\u200d", "രാജന്\u200d"],
    ["ශ්\u200dරී", "ශ්\u200dරී"],
    ["葛\u{e0100}城", "葛\u{e0100}城"],
    ["عازف العود", "عازف العود"],
    ["משה 7", "משה 7"],
    ["👩‍🎤 Zoë", "👩‍🎤 Zoë"],
    ["嵐", "嵐"],
    ["Øystein Łukasz", "Øystein Łukasz"],
    ["Weiß", "Weiß"],
    ["བསྒྲུབས་ཀྱི", "བསྒྲུབས་ཀྱི"],
    ["שָׁלוֹם כֹּהֵן", "שָׁלוֹם כֹּהֵן"],
    ["Nguyễn Thị Ngọc", "Nguyễn Thị Ngọc"],
    ["李", "李"],
    ["ശ്രീ", "ശ്രീ"],
    ["Ada ™️", "Ada ™️"],
    ["Stop ‼️", "Stop ‼️"],
    ["Ⓜ️ Ben", "Ⓜ️ Ben"],
    ["ℹ️ Cal", "ℹ️ Cal"],
    ["Ada ™\ufe0e", "Ada TM"],
    ["Team Scheisse", "Team Scheisse"],
    ["Supporting Act", "Supporting Act"],
    ["Life Support Trio", "Life Support Trio"],
    ["Roderick", "Roderick"],
    ["Session Links", "Session Links"],
    ["Линда", "Линда"],
    ["a".repeat(40), "a".repeat(40)],
  ])("%j is taken as %j", (given, kept) => {
    expect(DisplayName.parse(given)).toBe(kept);
  });

  test.each([
    "A",
    "Ж",
    "7",
    "",
    "a".repeat(41),
    "Ada\u0000",
    "Ada\u202eevil",
    "\u2067Ada",
    "Ada\u200b\u200b",
    "Аdа Lovelace",
    "...",
    "🎸",
    "A\u200dda",
    "Ada\u200d",
    "علی\u200c",
    "Ada\u3164",
    "Ada\ufe0f",
    "e\u0301\u200d",
    "a\u2800b",
    "ab\u{1d159}",
    `Zoe${"\u0308\u0301\u0334".repeat(5)}`,
  ])("%j is refused", (given) => {
    expect(DisplayName.safeParse(given).success).toBe(false);
  });

  test.each([
    "SessionLinked",
    "Session Linked",
    "SessionLinked Support",
    "Sessi0nLinked",
    "SESSIONL1NKED",
    "Séssiönlinked",
    "5e5510nlinked",
    "SessionIinked",
    "Ask SessionLinked now",
    "Admin",
    "admin 1",
    "Admin Team",
    "AdminTeam",
    "4dmin",
    "@dm1n",
    "Admın",
    "Ada (Administrator)",
    "Adrnin",
    "support",
    "Support Team",
    "The Official Support",
    "Customer Support 24",
    "Kundenservice",
    "Kundensupport",
    "Datenschutz Team",
    "Moderatorin",
    "SessiønLinked",
    "SeßionLinked",
    "SessionŁinked",
    "SessionLinke₫",
    "Sessi°nLinked",
    "ꜱᴇꜱꜱɪᴏɴʟɪɴᴋᴇᴅ",
    "Suppørt",
    "Moderatør",
    "ᴀᴅᴍɪɴ",
    "vvebmaster",
  ])("%j passes for us, and is refused", (given) => {
    expect(DisplayName.safeParse(given).success).toBe(false);
  });
});

describe("an e-mail address", () => {
  test.each([
    ["ada@example.org", "ada@example.org"],
    [" Ada@Example.ORG ", "ada@example.org"],
    ["ada/l=1#a&{b}'c@example.org", "ada/l=1#a&{b}'c@example.org"],
    ["o'brien+tag!$%*?^_`|~-@mail.example.co.uk", "o'brien+tag!$%*?^_`|~-@mail.example.co.uk"],
    ["ada@xn--e1aybc.xn--p1ai", "ada@xn--e1aybc.xn--p1ai"],
    ["ada@тест.рф", "ada@xn--e1aybc.xn--p1ai"],
    ["ada@Bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@straße.example", "ada@xn--strae-oqa.example"],
    ["a..b@example.org", "a..b@example.org"],
    [`a@${"b".repeat(63)}.example`, `a@${"b".repeat(63)}.example`],
  ])("%j is taken as %j", (given, kept) => {
    expect(EmailAddress.parse(given)).toBe(kept);
  });

  test.each([
    "",
    "ada",
    "@example.org",
    "ada@",
    "ada@localhost",
    "ada@-example.org",
    "ada@example-.org",
    "ada@example.-org",
    "ada@example..org",
    "ada@.example.org",
    "ada@example.org.",
    "ada@exa_mple.org",
    `a@${"b".repeat(64)}.example`,
    "ada lovelace@example.org",
    'ada"@example.org',
    "ada@[192.0.2.1]",
    "ada@exämple.org/x",
    "ada@exämple.org:25",
    "a@b@exämple.org",
    "adä@example.org",
    "ada@example.org\r\nBcc: eve@example.org",
    `${"a".repeat(250)}@example.org`,
  ])("%j is refused", (given) => {
    expect(EmailAddress.safeParse(given).success).toBe(false);
  });

  test("X26: hostile addresses are refused in steps that grow with their length", () => {
    for (const hostile of ["a@" + "a-".repeat(120), "a@" + "a.".repeat(120), "a".repeat(120) + "@".repeat(120)])
      expect(EmailAddress.safeParse(hostile).success).toBe(false);
  });
});

describe("a code of six digits", () => {
  test.each(["123456", "123 456", " 123\u00a0456 ", "123-456", "123–456"])(
    "%j is taken as it is shown or typed",
    (code) => {
      expect(TotpCode.parse({ code }).code).toBe("123456");
    },
  );
  test.each(["１２３４５６", "١٢٣٤٥٦", "१२३४५६", "123\u200b456", "123\u2060456", "123−456", "123·456", "123.456"])(
    "%j is taken as a keyboard or a page made it",
    (code) => {
      expect(TotpCode.parse({ code }).code).toBe("123456");
      expect(SecondFactorCode.parse({ step: "s".repeat(43), code }).code).toBe("123456");
    },
  );
  test.each(["", "12345", "1234567", "12345a", "１２３４５", "12３456७"])("%j is refused", (code) => {
    expect(TotpCode.safeParse({ code }).success).toBe(false);
  });
});

test.each(["WDJB-MJHT", "wdjb mjht", "ｗｄｊｂ－ｍｊｈｔ", "WDJB\u00adMJHT", "«WDJB-MJHT»"])(
  "a device's code: %j is taken",
  (typed) => {
    expect(UserCode.parse(typed)).toBe("WDJBMJHT");
  },
);

describe("an invite code", () => {
  test.each([
    "k7m2p-9xq4d",
    "K7M2P 9XQ4D",
    "k7m2p–9xq4d",
    "k7m2p\u20119xq4d",
    "k7m2p\u22129xq4d",
    "k7m2p\u00ad9xq4d",
    "k7m2p9xq4d",
    "k7m2p - 9xq4d",
    "ｋ７ｍ２ｐ９ｘｑ４ｄ",
    "k7m2p·9xq4d",
    "“k7m2p-9xq4d”",
    "k7m2p-9xq4d.",
    "<https://sessionlinked.com/invite/k7m2p-9xq4d>",
    "(https://sessionlinked.com/invite/k7m2p%2D9xq4d)",
  ])("%j is taken", (typed) => expect(InviteCode.parse(typed)).toBe("k7m2p9xq4d"));
  test("a pasted link is the code in it", () => {
    expect(InviteCode.parse(" https://sessionlinked.com/invite/K7m2p-9xq4d?lang=de ")).toBe("k7m2p9xq4d");
  });
  test.each(["", "k7m2p", "k7m2p-9xq4u", "k7m2p-9xq4d0", "https://sessionlinked.com/hub/k7m2p-9xq4d"])(
    "%j is refused",
    (typed) => expect(InviteCode.safeParse(typed).success).toBe(false),
  );
});
