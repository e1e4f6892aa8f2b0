import { describe, expect, it } from "vitest";

import { problemOfAddress } from "../../src/lib/address.ts";

const judge = (text: string, local = false): string | undefined =>
  problemOfAddress(new URL(text), local);

const PRIVATE = "must be a public address";

describe("an address to fetch from", () => {
  it.each([
    "https://example.com/hook?token=1",
    "https://hooks.slack.com/services/T/B/x",
    "https://93.184.216.34/",
    "https://172.15.0.1/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
    "https://[2606:4700::6810:84e5]/",
    "https://example.com:8443/",
  ])("%s is public", (text) => {
    expect(judge(text)).toBeUndefined();
  });

  it.each([
    // Plain.
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://198.18.0.1/",
    "https://203.0.113.7/",
    // The same in other clothes.
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://2852039166/",
    // IPv6, and IPv4 within it.
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[ff02::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    // Names that no public server has.
    "https://localhost/",
    "https://LOCALHOST./",
    "https://app.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://intranet/",
  ])("%s is not", (text) => {
    expect(judge(text)).toBe(PRIVATE);
  });

  it.each(["http://example.com/", "ftp://example.com/", "http://127.0.0.1/", "file:///etc/passwd"])(
    "%s is not https",
    (text) => {
      expect(judge(text)).toBe("must begin with https://");
    },
  );

  it("holds no credentials", () => {
    expect(judge("https://user:pw@example.com/")).toBe("must not hold credentials");
    expect(judge("https://example.com@127.0.0.1/")).toBe("must not hold credentials");
  });

  it("may be loopback, also without TLS, on somebody's own machine; nothing else private", () => {
    for (const text of ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]:1/"]) {
      expect(judge(text, true), text).toBeUndefined();
    }
    expect(judge("https://127.9.9.9/", true)).toBeUndefined();
    expect(judge("http://192.168.1.1/", true)).toBe("must begin with https://");
    expect(judge("https://169.254.169.254/", true)).toBe(PRIVATE);
    expect(judge("http://example.com/", true)).toBe("must begin with https://");
  });
});
