import { describe, expect, it } from "vitest";

import { checkAddress } from "../../../src/features/prompts/langfuse/address.ts";

describe("checkAddress", () => {
  it.each([
    ["https://cloud.langfuse.com", "https://cloud.langfuse.com"],
    ["https://langfuse.example.com:8443/base/", "https://langfuse.example.com:8443/base"],
    ["https://8.8.8.8", "https://8.8.8.8"],
    ["https://[2606:4700::1111]/", "https://[2606:4700::1111]"],
    ["https://example.com/?x=1#y", "https://example.com"],
  ])("takes %s", (text, url) => {
    expect(checkAddress(text, false)).toEqual({ url });
  });

  it.each([
    "http://cloud.langfuse.com",
    "ftp://example.com",
    "file:///etc/passwd",
    "example.com",
    "",
    "https://user:password@example.com",
    "https://localhost",
    "https://LOCALHOST.",
    "https://x.localhost",
    "https://127.0.0.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://0177.0.0.1",
    "https://0.0.0.0",
    "https://10.1.2.3",
    "https://100.64.0.1",
    "https://169.254.169.254/latest/meta-data",
    "https://172.16.0.1",
    "https://172.31.255.255",
    "https://192.168.1.1",
    "https://198.18.0.1",
    "https://224.0.0.1",
    "https://255.255.255.255",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[fe80::1]",
    "https://[fd00::1]",
    "https://[2002:7f00:1::]",
    "https://[64:ff9b::7f00:1]",
    "https://intranet",
    "https://db.internal",
    "https://printer.local",
  ])("refuses %s", (text) => {
    expect(checkAddress(text, false)).toHaveProperty("problem");
  });

  it("takes loopback, plain http too, on somebody's own machine only", () => {
    expect(checkAddress("http://localhost:8787/", true)).toEqual({ url: "http://localhost:8787" });
    expect(checkAddress("http://127.0.0.1:3000", true)).toEqual({ url: "http://127.0.0.1:3000" });
    expect(checkAddress("http://192.168.1.1", true)).toHaveProperty("problem");
    expect(checkAddress("https://192.168.1.1", true)).toHaveProperty("problem");
    expect(checkAddress("http://example.com", true)).toHaveProperty("problem");
  });
});
