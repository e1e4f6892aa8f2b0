import { beforeAll, describe, it } from "vitest";

import { endpoints } from "../../src/app.ts";
import { GRANTS } from "../../src/features/projects/model.ts";
import type { Endpoint } from "../../src/platform/http.ts";
import { type Answer, basic, bearer, call } from "../support/call.ts";
import { freshProject } from "../support/project.ts";
import { furnishedHouse, MARK } from "./house.ts";
import { nameOf, pathOf, requestOf, writtenDown } from "./requests.ts";

const guarded = endpoints.filter(({ access }) => access !== "open");
const writing = guarded.filter(({ method }) => ["POST", "PUT", "PATCH"].includes(method));
/** They act on the whole deployment, not on a project. */
const ofProjects = guarded.filter(({ access }) => access !== "deployment");

let house: Awaited<ReturnType<typeof furnishedHouse>>;

beforeAll(async () => {
  house = await furnishedHouse();
});

function ask(
  route: Endpoint,
  authorization: string | undefined,
  body = requestOf(route).body,
): Promise<Answer> {
  const path = pathOf(route, house.given);
  const headers = { "content-type": "application/json", ...requestOf(route).headers };
  return call(route.method, path, { authorization, body, headers, env: house.env });
}

/** The error body that every refusal has. */
const refusal = (status: number) => ({
  status,
  json: { status, message: anyText, error: anyText, requestId: anyText },
});
const anyText = { asymmetricMatch: (value: unknown) => typeof value === "string" && value !== "" };

const refused = {
  report: { errors: [{ message: anyText }] },
  "json-rpc": { jsonrpc: "2.0", error: { message: anyText } },
};

describe("every route", () => {
  it("is walked", ({ expect }) => {
    const names = endpoints.map(nameOf);
    expect(
      writtenDown.filter((name) => !names.includes(name)),
      "no longer there",
    ).toEqual([]);
    const unknown = endpoints.filter(
      (route) =>
        route.method !== "GET" && route.method !== "DELETE" && !writtenDown.includes(nameOf(route)),
    );
    expect(unknown.map(nameOf), "to be added to requests.ts").toEqual([]);
  });

  it("needs a key, a signature of its own, or only shows the way in", async ({ expect }) => {
    for (const route of endpoints) {
      const isPage = route.access === "open" && route.method === "GET";
      const { status } = await ask(route, undefined);
      // A source that may not be used this way says so first.
      const isSigned = route.path === "/reports/:id";
      const expected = isPage && !isSigned ? [200] : route.access === "open" ? [401, 405] : [401];
      expect(expected, nameOf(route)).toContain(status);
    }
  });
});

describe.each(guarded.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("refuses a caller without a key, or with one that nobody has", async ({ expect }) => {
    const { publicKey, secretKey } = house;
    const strangers = [
      undefined,
      "",
      "Basic",
      "Basic !!!",
      "Digest abc",
      basic("pk-ps-wrong", "sk-ps-wrong"),
      basic(publicKey, "sk-ps-wrong"),
      basic(publicKey, ""),
      bearer("sk-abv-wrong"),
      bearer(""),
      `Bearer ${secretKey}x`,
    ];
    for (const authorization of strangers) {
      expect(await ask(route, authorization), String(authorization)).toMatchObject(refusal(401));
    }
  });
});

describe.each(ofProjects.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("shows another project nothing of ours", async ({ expect }) => {
    const { status, text, json } = await ask(route, (await freshProject()).basic);
    expect(text).not.toContain(MARK);
    expect(status).toBeLessThan(500);
    const about = route.path.includes(":");
    const isList = json !== null && typeof json === "object" && "data" in json;
    if (about && !isList) expect([204, 400, 404]).toContain(status);
    if (isList && route.method === "GET" && about) {
      expect((json as { data: unknown[] }).data).toEqual([]);
    }
  });

  it("refuses a key without its scope", async ({ expect }) => {
    // Any key may create scores.
    if (route.access === "scores") return;
    const scopes = GRANTS.filter((grant) => grant !== route.access);
    const made = await house.request("POST", "/api/public/keys", { kind: "bearer", scopes });
    const { abvKey } = made.json as { abvKey: string };
    expect(await ask(route, bearer(abvKey))).toMatchObject(refusal(403));
    expect(await ask(route, house.publicBearer)).toMatchObject(refusal(403));
  });
});

describe.each(writing.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("says what is wrong with a malformed body", async ({ expect }) => {
    const key = route.access === "deployment" ? bearer("test-admin-token") : house.basic;
    const bodies = ['{"a":', "", "null", '"text"', "7", new Uint8Array([0xff, 0xfe, 0x22])];
    const mayBeEmpty = route.emptyBody !== undefined;
    const { refusesBy } = requestOf(route);
    for (const body of bodies.filter((body) => !(mayBeEmpty && body === ""))) {
      const { status, json } = await ask(route, key, body);
      // Nothing in it is no mistake of a report.
      if (refusesBy === "report" && body === "") continue;
      if (refusesBy === "no text" && typeof body === "string") {
        expect(status, body).toBeLessThan(500);
        continue;
      }
      if (refusesBy === "report" && status === 207) {
        expect(json, String(body)).toMatchObject(refused.report);
        continue;
      }
      expect(status, String(body)).toBe(400);
      const said = json as Record<string, unknown>;
      const shape = refusesBy && "jsonrpc" in said ? refused["json-rpc"] : refusal(400).json;
      expect(said, String(body)).toMatchObject(shape);
    }
  });
});

describe("after another project has asked every route", () => {
  it("our data is what it was", async ({ expect }) => {
    const mine = guarded.filter(
      ({ method, access }) => method === "GET" && access !== "deployment",
    );
    const look = async (): Promise<[string, number, string][]> => {
      const seen: [string, number, string][] = [];
      for (const route of mine) {
        const { status, text } = await ask(route, house.basic);
        // Some answers say when they were given, or reach until then.
        const timeless = text.replaceAll(/\d{4}-\d\d-\d\dT(?:[\d:.]|%3A)+Z/g, "(instant)");
        seen.push([nameOf(route), status, timeless]);
      }
      return seen;
    };
    const before = await look();
    expect(before.filter(([, status]) => status !== 200)).toEqual([]);
    expect(before.filter(([, , text]) => text.includes(MARK)).length).toBeGreaterThan(12);
    const stranger = await freshProject();
    for (const route of ofProjects) await ask(route, stranger.basic);
    await house.settle();
    expect(await look()).toEqual(before);
  });

  it("nobody but the deployment's operator does what the deployment's routes do", async ({
    expect,
  }) => {
    for (const route of guarded.filter(({ access }) => access === "deployment")) {
      const { status } = await ask(route, house.basic);
      expect([401, 403], nameOf(route)).toContain(status);
    }
  });
});
