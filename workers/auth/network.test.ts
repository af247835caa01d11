import { describe, expect, test } from "vitest";
import { networkOf, wideNetworkOf } from "./network.ts";

describe("X27: a limiter's network", () => {
  test.each([
    ["2001:db8::1", "2001:db8:0:0", "2001:db8:0"],
    ["2001:db8::2", "2001:db8:0:0", "2001:db8:0"],
    ["2001:DB8:0:0:aaaa::1", "2001:db8:0:0", "2001:db8:0"],
    ["2001:0db8:0000:0000:1:2:3:4", "2001:db8:0:0", "2001:db8:0"],
    ["2001:db8:1:2::", "2001:db8:1:2", "2001:db8:1"],
    ["2001:db8:1:3::9", "2001:db8:1:3", "2001:db8:1"],
    ["fe80::1%eth0", "fe80:0:0:0", "fe80:0:0"],
    ["::1", "0:0:0:0", "0:0:0"],
    ["::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"],
    ["::ffff:c000:207", "192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:0207", "192.0.2.7", "192.0.2.7"],
    ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"],
    ["0000:0000:0000:0000:0000:ffff:c000:0207", "192.0.2.7", "192.0.2.7"],
    ["64:ff9b:1::192.0.2.7", "64:ff9b:1:0", "64:ff9b:1"],
    ["192.0.2.7", "192.0.2.7", "192.0.2.7"],
  ])("of %s is %s, in %s", (address, network, wide) => {
    expect([networkOf(address), wideNetworkOf(address)]).toEqual([network, wide]);
  });

  test("is one place where nobody says from where", () => {
    expect(networkOf(undefined)).toBe(wideNetworkOf(undefined));
  });
});
