import { describe, expect, it } from "vitest";

import {
  endedCookie,
  isOwnOrigin,
  MAX_SESSIONS,
  sessionCookie,
  sessionTokens,
} from "../../../src/features/projects/sessions/cookie.ts";

const SECURE = new URL("https://prompts.example/api/public/session");
const PLAIN = new URL("http://localhost:8787/api/public/session");

describe("cookies of sessions", () => {
  it("are bound to the host and to TLS where there is TLS", () => {
    expect(sessionCookie(SECURE, "prj_1", "ses-x")).toBe(
      "__Host-promptside-prj_1=ses-x; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure",
    );
    expect(sessionCookie(PLAIN, "prj_1", "ses-x")).toBe(
      "promptside-prj_1=ses-x; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict",
    );
    expect(endedCookie(SECURE, "prj_1")).toBe(
      "__Host-promptside-prj_1=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
    );
  });

  it("are found among others, by project", () => {
    const header =
      "a=b; __Host-promptside-prj_1=one;__Host-promptside-prj_2=two; promptside-prj_3=x";
    expect([...sessionTokens(SECURE, header)]).toEqual([
      ["prj_1", "one"],
      ["prj_2", "two"],
    ]);
  });

  it("set by a neighbour without TLS are not taken under TLS", () => {
    expect(sessionTokens(SECURE, "promptside-prj_1=planted").size).toBe(0);
  });

  it("are bounded, and empty ones are none", () => {
    const many = Array.from({ length: 50 }, (_, i) => `promptside-prj_${i}=t${i}`).join("; ");
    expect(sessionTokens(PLAIN, many).size).toBe(MAX_SESSIONS);
    expect(sessionTokens(PLAIN, "promptside-prj_1=; promptside-prj_2").size).toBe(0);
  });

  it("let nobody but our own pages change anything", () => {
    expect(isOwnOrigin("GET", PLAIN, undefined)).toBe(true);
    expect(isOwnOrigin("HEAD", PLAIN, "https://evil.example")).toBe(true);
    expect(isOwnOrigin("POST", PLAIN, "http://localhost:8787")).toBe(true);
    for (const origin of [undefined, "null", "http://localhost", "https://localhost:8787"]) {
      expect(isOwnOrigin("POST", PLAIN, origin)).toBe(false);
    }
  });
});
