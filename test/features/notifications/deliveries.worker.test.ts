import { Webhook } from "standardwebhooks";
import { afterEach, describe, it } from "vitest";

import { notify } from "../../../src/features/notifications/index.ts";
import { setNow } from "../../../src/platform/clock.ts";
import { testEnv } from "../../support/env.ts";
import { type Lab, lab } from "./lab.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

afterEach(() => setNow(testEnv(), new Date()));

const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

const report = (id: string) => ({
  type: "report.ready" as const,
  data: {
    reportId: id,
    period: {
      kind: "weekly" as const,
      from: "2026-11-09T00:00:00Z",
      to: "2026-11-16T00:00:00Z",
    },
    title: "Week 46",
    highlights: ["greet v2 is faster"],
    path: `/reports/${id}`,
  },
});

type Delivery = {
  id: string;
  state: string;
  attempts: number;
  outcome: string | null;
  nextAttemptAt: string | null;
  destinationId: string;
  event: { id: string; type: string };
};
type Logged = Delivery & {
  log: {
    number: number;
    request: { url: string; headers: Record<string, string>; body: string } | null;
    response: { status: number; headers: Record<string, string>; body: string } | null;
    error: string | null;
  }[];
};

const listed = async (l: Lab): Promise<Delivery[]> =>
  (await l.ok<{ data: Delivery[] }>("GET", "/deliveries")).data;

const prompt = (over: object = {}) => ({
  name: "support/greet",
  prompt: "Hello",
  labels: ["production"],
  commitMessage: "first",
  ...over,
});

describe("a change of a prompt", () => {
  it("reaches a webhook, signed as Standard Webhooks say", async ({ expect }) => {
    const l = await lab();
    const { id, secret } = await l.create();
    await l.ok("POST", "/v2/prompts", prompt());
    await l.deliver();
    expect(l.received).toHaveLength(2);
    const bodies = l.received.map(({ headers, body }) => {
      expect(headers["content-type"]).toBe("application/json");
      return new Webhook(secret).verify(body, headers) as { type: string };
    });
    // Both are of one instant; nothing says which comes first.
    expect(bodies.sort((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
      expect.objectContaining({
        type: "prompt.created",
        projectId: l.project.scope.projectId,
        data: expect.objectContaining({
          prompt: "support/greet",
          version: 1,
          labels: ["production"],
          commitMessage: "first",
        }) as unknown,
      }),
      expect.objectContaining({
        type: "prompt.deployed",
        data: expect.objectContaining({ label: "production", from: null, to: 1 }) as unknown,
      }),
    ]);
    const all = await listed(l);
    expect(all.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
    const ids = l.received.map(({ headers }) => headers["webhook-id"] ?? "");
    expect(ids.sort()).toEqual(all.map((one) => one.id).sort());
    expect(all[0]?.destinationId).toBe(id);
  });

  it("tells of versions, moves and labels taken away, and not of tags", async ({ expect }) => {
    const l = await lab();
    await l.ok("POST", "/v2/prompts", prompt());
    await l.create();
    await l.ok("POST", "/v2/prompts", prompt({ prompt: "Hello you", labels: [] }));
    await l.ok("PUT", "/prompts/support%2Fgreet/labels/production", {
      version: 2,
      reason: "better",
    });
    await l.request("DELETE", "/prompts/support%2Fgreet/labels/production");
    await l.ok("PUT", "/prompts/support%2Fgreet/tags", { tags: ["x"] });
    await l.deliver();
    const said = l.received.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(said).toMatchObject([
      { type: "prompt.version.created", data: { version: 2, labels: [] } },
      { type: "prompt.deployed", data: { from: 1, to: 2, reason: "better" } },
      { type: "prompt.deployed", data: { from: 2, to: null } },
    ]);
  });

  it("writes nothing where nobody listens, or what they do not listen to", async ({ expect }) => {
    const l = await lab();
    await l.ok("POST", "/v2/prompts", prompt());
    const count = async () =>
      (
        await l.env.DB.prepare("SELECT count(*) AS n FROM notification_event WHERE project = ?")
          .bind(l.project.scope.tenant)
          .first<{ n: number }>()
      )?.n;
    expect(await count()).toBe(0);
    await l.create({ filter: { events: ["rollout.*"] } });
    await l.create({ filter: { prompts: ["sales/*"] } });
    await l.create({ filter: { labels: ["staging"] } });
    await l.ok("POST", "/v2/prompts", prompt({ prompt: "2" }));
    expect(await count()).toBe(2);
    expect(await listed(l)).toEqual([]);
    await l.ok("POST", "/v2/prompts", prompt({ prompt: "3", labels: ["staging"] }));
    expect(await listed(l)).toHaveLength(2);
  });

  it("is not lost with the queue, the answer or a crash: the sweep finds it", async ({
    expect,
  }) => {
    const l = await lab();
    await l.create();
    l.breakQueue(true);
    await l.ok("POST", "/v2/prompts", prompt({ labels: [] }));
    expect(l.queued).toEqual([]);
    l.breakQueue(false);
    const now = new Date();
    await l.sweep(later(now, 30_000));
    expect(l.queued).toEqual([]);
    await l.sweep(later(now, 70_000));
    expect(l.queued).toHaveLength(1);
    // What was queued is not queued again a moment later.
    await l.sweep(later(now, 75_000));
    expect(l.queued).toHaveLength(1);
    l.at(later(now, 80_000));
    await l.deliver();
    expect(await listed(l)).toMatchObject([{ state: "delivered", attempts: 1 }]);
    // Between the change and its deliveries: the event alone is there.
    await l.env.DB.batch([
      l.env.DB.prepare("DELETE FROM notification_delivery WHERE project = ?").bind(
        l.project.scope.tenant,
      ),
      l.env.DB.prepare("UPDATE notification_event SET fanned_at = NULL WHERE project = ?").bind(
        l.project.scope.tenant,
      ),
    ]);
    await l.sweep(later(now, 90_000));
    await l.sweep(later(now, 90_000));
    expect(l.queued).toHaveLength(1);
  });
});

describe("an event", () => {
  it("said twice under one id is one", async ({ expect }) => {
    const l = await lab();
    await l.create();
    const scope = l.scopeAt(new Date());
    await notify(scope, { ...report("r1"), id: "report:r1" });
    await notify(scope, { ...report("r1"), id: "report:r1" });
    await notify(scope, report("r2"), report("r3"));
    expect(await listed(l)).toHaveLength(3);
  });

  it("is refused when it does not say what its type promises", async ({ expect }) => {
    const l = await lab();
    await l.create();
    const { data } = report("r1");
    const bad = { type: "report.ready" as const, data: { ...data, title: 7 as never } };
    await expect(notify(l.scopeAt(new Date()), bad)).rejects.toThrow(/title/);
  });

  it("goes to every destination that wants it, once, whoever hears the message twice", async ({
    expect,
  }) => {
    const l = await lab();
    await l.create();
    await l.create();
    await notify(l.scopeAt(new Date()), report("r1"));
    const messages = l.queued.map(({ message }) => message);
    await Promise.all([l.consume(messages), l.consume(messages)]);
    await l.deliver();
    expect(l.received).toHaveLength(2);
  });
});

describe("a receiver that fails", () => {
  it("is asked again, later and later, with the same id, until it answers", async ({ expect }) => {
    const l = await lab();
    const { id, secret } = await l.create();
    const begin = new Date();
    l.react(503);
    await notify(l.scopeAt(begin), report("r1"));
    await l.deliver();
    expect(await listed(l)).toMatchObject([{ state: "pending", attempts: 1, outcome: "503" }]);
    expect(l.queued).toMatchObject([{ delaySeconds: 5 }]);
    // A message that comes too early does nothing.
    await l.deliver();
    expect(l.received).toHaveLength(1);
    l.at(later(begin, 10_000));
    l.queued.push({
      message: {
        kind: "delivery",
        tenant: l.project.scope.tenant,
        delivery: (await listed(l))[0]?.id ?? "",
      },
      delaySeconds: 0,
    });
    await l.deliver();
    expect(l.received).toHaveLength(2);
    expect(await l.ok("GET", `/destinations/${id}`)).toMatchObject({
      status: "active",
      failingSince: expect.any(String) as unknown,
    });
    l.react(202);
    l.queued.length = 0;
    const much = later(begin, HOUR_MS);
    l.at(much);
    await l.sweep(much);
    await l.deliver();
    expect(await listed(l)).toMatchObject([
      { state: "delivered", attempts: 3, outcome: "202", nextAttemptAt: null },
    ]);
    expect(new Set(l.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    for (const { body, headers } of l.received) {
      // The library's own clock is the real one: only the first attempt is of this hour.
      expect(
        new Webhook(secret).sign(
          headers["webhook-id"] ?? "",
          new Date(Number(headers["webhook-timestamp"]) * 1000),
          body,
        ),
      ).toBe(headers["webhook-signature"]);
    }
    expect(await l.ok("GET", `/destinations/${id}`)).toMatchObject({ failingSince: null });
  });

  it("for days is disabled, says so, and tells the others", async ({ expect }) => {
    const l = await lab();
    const failing = await l.create({ name: "broken" });
    await l.create({
      name: "well",
      url: "https://well.invalid/well",
      filter: { events: ["destination.*"] },
    });
    l.react(() => {
      throw new TypeError("Network connection lost.");
    });
    const begin = new Date();
    await notify(l.scopeAt(begin), report("r1"));
    let now = begin;
    let status = "active";
    for (let hours = 0; status === "active" && hours < 120; hours++) {
      l.at(now);
      await l.sweep(now);
      await l.deliver();
      ({ status } = await l.ok<{ status: string }>("GET", `/destinations/${failing.id}`));
      now = later(now, HOUR_MS);
    }
    expect(status).toBe("disabled");
    const days = (now.getTime() - begin.getTime()) / DAY_MS;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(4);
    const view = await l.ok<{ statusReason: string }>("GET", `/destinations/${failing.id}`);
    expect(view.statusReason).toContain("nothing was delivered for 3 days");
    expect(view.statusReason).toContain("Network connection lost.");
    l.react(200);
    l.received.length = 0;
    await l.deliver();
    expect(l.received.map(({ url }) => url)).toEqual(["https://well.invalid/well"]);
    expect(JSON.parse(l.received[0]?.body ?? "{}")).toMatchObject({
      type: "destination.disabled",
      data: { destination: "broken", destinationId: failing.id },
    });
    // Nothing is sent to it, nor kept for it, until it is brought back.
    await notify(l.scopeAt(now), report("r2"));
    await l.deliver();
    expect(l.received).toHaveLength(1);
    const back = await l.ok("PATCH", `/destinations/${failing.id}`, { status: "active" });
    expect(back).toMatchObject({ status: "active", statusReason: null, failingSince: null });
    l.at(later(now, 1000));
    await notify(l.scopeAt(later(now, 1000)), report("r3"));
    await l.deliver();
    expect(l.received).toHaveLength(2);
    const audit = await l.ok<{ data: { action: string }[] }>("GET", "/audit?action=destination");
    expect(audit.data.map(({ action }) => action)).toEqual([
      "destination.change",
      "destination.disable",
      "destination.create",
      "destination.create",
    ]);
  });

  it("with 410 is disabled at once", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create();
    l.react(410);
    await notify(l.scopeAt(new Date()), report("r1"));
    await l.deliver();
    expect(await listed(l)).toMatchObject([{ state: "failed" }]);
    expect(await l.ok("GET", `/destinations/${id}`)).toMatchObject({ status: "disabled" });
  });
});

describe("the log", () => {
  it("shows requests and answers, bounded and without secrets", async ({ expect }) => {
    const l = await lab();
    const url = "https://hooks.slack.invalid/services/T000/B000/very-secret-path";
    await l.create({ kind: "slack", url });
    l.react(
      () =>
        new Response(`no such hook: ${url} ${new URL(url).pathname} ${"x".repeat(9000)}`, {
          status: 404,
          headers: { "set-cookie": "sid=secret", "x-slack-unique-id": "u1" },
        }),
    );
    await notify(l.scopeAt(new Date()), report("r1"));
    await l.deliver();
    const [one] = await listed(l);
    const answer = await l.request("GET", `/deliveries/${one?.id}`);
    expect(answer.text).not.toContain("very-secret-path");
    expect(answer.text).not.toContain("sid=secret");
    const { log } = answer.json as Logged;
    expect(log).toHaveLength(1);
    expect(log[0]?.request?.url).toBe("***");
    expect(log[0]?.request?.body).toContain("Week 46");
    expect(log[0]?.response).toMatchObject({ status: 404, headers: { "x-slack-unique-id": "u1" } });
    expect(log[0]?.response?.body).toMatch(
      /^no such hook: \*\*\* \*\*\* x+… \(\d+ characters more\)$/,
    );
    expect(log[0]?.response?.body.length).toBeLessThan(4_100);
  });

  it("says why there was no answer", async ({ expect }) => {
    const l = await lab();
    await l.create();
    l.react(() => Response.redirect("https://example.com/elsewhere", 302));
    await notify(l.scopeAt(new Date()), report("r1"));
    await l.deliver();
    expect(await listed(l)).toMatchObject([
      { state: "pending", outcome: "302: redirects are not followed" },
    ]);
    expect(l.received).toHaveLength(1);
  });

  it("pages, filters, and is forgotten after 30 days", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create();
    await l.create();
    const begin = new Date();
    await notify(l.scopeAt(begin), report("r1"), report("r2"));
    await l.deliver();
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page: { data: Delivery[]; nextCursor: string | null } = await l.ok(
        "GET",
        `/deliveries?limit=3${query}`,
      );
      seen.push(...page.data.map((one) => one.id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(4);
    expect((await l.ok<{ data: [] }>("GET", `/deliveries?destination=${id}`)).data).toHaveLength(2);
    expect((await l.ok<{ data: [] }>("GET", "/deliveries?state=failed")).data).toEqual([]);
    await l.sweep(later(begin, 29 * DAY_MS));
    expect(await listed(l)).toHaveLength(4);
    await l.sweep(later(begin, 31 * DAY_MS + HOUR_MS));
    expect(await listed(l)).toEqual([]);
    const left = await l.env.DB.prepare(
      "SELECT (SELECT count(*) FROM notification_attempt WHERE project = ?1) + (SELECT count(*) FROM notification_event WHERE project = ?1) AS n",
    )
      .bind(l.project.scope.tenant)
      .first<{ n: number }>();
    expect(left?.n).toBe(0);
  });
});

describe("secrets sealed under a key that was changed", () => {
  it("are said to be unreadable; nothing is sent unsigned", async ({ expect }) => {
    const l = await lab();
    await l.create();
    await notify(l.scopeAt(new Date()), report("r1"));
    l.env.SEALING_KEY = "another key";
    await l.deliver();
    expect(l.received).toEqual([]);
    const [one] = await listed(l);
    expect(one).toMatchObject({ state: "pending", attempts: 1 });
    expect(one?.outcome).toContain("SEALING_KEY");
    const { log } = await l.ok<Logged>("GET", `/deliveries/${one?.id}`);
    expect(log).toMatchObject([{ number: 1, request: null, response: null }]);
    expect(log[0]?.error).toContain("SEALING_KEY");
  });
});

describe("sending again", () => {
  it("and reading is for the project alone", async ({ expect }) => {
    const [mine, theirs] = [await lab(), await lab()];
    await mine.create();
    await notify(mine.scopeAt(new Date()), report("r1"));
    const [one] = await listed(mine);
    expect((await theirs.request("GET", `/deliveries/${one?.id}`)).status).toBe(404);
    expect((await theirs.request("POST", `/deliveries/${one?.id}/resend`)).status).toBe(404);
    expect(await listed(theirs)).toEqual([]);
  });

  it("uses the same id, and begins anew", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create();
    await notify(l.scopeAt(new Date()), report("r1"));
    await l.deliver();
    const [one] = await listed(l);
    const again = await l.ok("POST", `/deliveries/${one?.id}/resend`);
    expect(again).toMatchObject({ id: one?.id, state: "pending" });
    await l.deliver();
    expect(l.received.map(({ headers }) => headers["webhook-id"])).toEqual([one?.id, one?.id]);
    const log = await l.ok<Logged>("GET", `/deliveries/${one?.id}`);
    expect(log).toMatchObject({ state: "delivered", attempts: 2 });
    expect(log.log.map(({ number }) => number)).toEqual([1, 2]);
    await l.ok("PATCH", `/destinations/${id}`, { status: "paused" });
    const paused = await l.request("POST", `/deliveries/${one?.id}/resend`);
    expect(paused.status).toBe(409);
    expect(paused.text).toContain("paused");
  });
});
