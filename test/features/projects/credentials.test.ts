import { describe, expect, it } from "vitest";

import {
  newBearerKey,
  newPair,
  readCredential,
} from "../../../src/features/projects/identity/credentials.ts";

const problemOf = (header: string | undefined): string => {
  const reading = readCredential(header);
  return "problem" in reading ? reading.problem : "none";
};

describe("readCredential", () => {
  it("takes the password of Basic as the key and keeps the public key beside it", () => {
    expect(readCredential(`Basic ${btoa("pk-lf-1:sk-lf-2")}`)).toEqual({
      credential: { publicKey: "pk-lf-1", token: "sk-lf-2" },
    });
  });

  it("splits Basic at the first colon, so a secret may hold one", () => {
    expect(readCredential(`Basic ${btoa("pk:sk:x")}`)).toEqual({
      credential: { publicKey: "pk", token: "sk:x" },
    });
  });

  it("takes Bearer as it is, whatever its prefix, and any case of the scheme", () => {
    expect(readCredential("bearer anything-at-all")).toEqual({
      credential: { publicKey: null, token: "anything-at-all" },
    });
  });

  it("says how to authenticate when there is nothing", () => {
    expect(problemOf(undefined)).toMatch(/no credentials: send `Authorization: Basic/);
    expect(problemOf("")).toMatch(/no credentials/);
  });

  it("names what is wrong with a header it cannot read", () => {
    expect(problemOf("Digest abc")).toMatch(/cannot be read/);
    expect(problemOf("Bearer")).toMatch(/cannot be read/);
    expect(problemOf("Bearer two words")).toMatch(/cannot be read/);
    expect(problemOf("Basic %%%")).toMatch(/not base64/);
    expect(problemOf(`Basic ${btoa("no colon")}`)).toMatch(/not base64 of two keys and a colon/);
    expect(problemOf(`Basic ${btoa("pk:")}`)).toMatch(/the key is empty/);
    expect(problemOf(`Bearer ${"x".repeat(513)}`)).toMatch(/too long/);
  });
});

describe("new keys", () => {
  it("are long, never repeat, and hold no colon", () => {
    const keys = Array.from({ length: 200 }, () => [...Object.values(newPair()), newBearerKey()]);
    const flat = keys.flat();
    expect(new Set(flat).size).toBe(600);
    for (const key of flat) expect(key).toMatch(/^(pk-ps|sk-ps|sk-abv)-[0-9a-z]{32}$/);
  });
});
