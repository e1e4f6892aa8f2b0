import { Webhook } from "standardwebhooks";
import { afterEach, describe, it } from "vitest";

import { notify } from "../../../src/features/notifications/index.ts";
import { setNow } from "../../../src/platform/clock.ts";
import { testEnv } from "../../support/env.ts";
import { lab } from "./lab.ts";

const HOUR_MS = 3_600_000;
const anyText = { asymmetricMatch: (value: unknown) => typeof value === "string" };

afterEach(() => setNow(testEnv(), new Date()));

const disabled = (destination: string) => ({
  type: "destination.disabled" as const,
  data: { destinationId: "dst_1", destination, reason: "why" },
});

describe("a destination", () => {
  it("is created, read, changed and deleted", async ({ expect }) => {
    const l = await lab();
    const made = await l.create({ filter: { events: ["rollout.*"] } });
    expect(made.secret).toMatch(/^whsec_/);
    const view = {
      id: made.id,
      name: "ours",
      kind: "webhook",
      address: "https://receiver.invalid/hook",
      filter: { events: ["rollout.*"], prompts: [], labels: [] },
      status: "active",
      statusReason: null,
      failingSince: null,
      secrets: [{ id: anyText, expiresAt: null }],
    };
    expect(made).toMatchObject(view);
    const read = await l.request("GET", `/destinations/${made.id}`);
    expect(read.json).toMatchObject(view);
    expect(read.text).not.toContain(made.secret.replace("whsec_", ""));
    expect(read.json).not.toHaveProperty("secret");
    expect((await l.ok<{ data: unknown[] }>("GET", "/destinations")).data).toMatchObject([view]);
    const filter = { events: [], prompts: ["a/*"], labels: ["production"] };
    const changed = await l.ok("PATCH", `/destinations/${made.id}`, { name: "new", filter });
    expect(changed).toMatchObject({ name: "new", filter, status: "active" });
    expect((await l.request("DELETE", `/destinations/${made.id}`)).status).toBe(204);
    expect((await l.request("GET", `/destinations/${made.id}`)).status).toBe(404);
    expect((await l.ok<{ data: unknown[] }>("GET", "/destinations")).data).toEqual([]);
  });

  it("keeps no secret in clear", async ({ expect }) => {
    const l = await lab();
    const token = "ghp_abcdefghijklmnop";
    const { secret } = await l.create();
    await l.create({ kind: "slack", url: "https://hooks.slack.invalid/services/T/B/hidden" });
    await l.create({ kind: "github", url: undefined, repository: "o/r", token });
    const routingKey = "0123456789abcdef0123456789abcdef";
    await l.create({ kind: "pagerduty", url: undefined, routingKey });
    const { results } = await l.env.DB.prepare(
      "SELECT * FROM notification_destination WHERE project = ?",
    )
      .bind(l.project.scope.tenant)
      .all();
    const stored = JSON.stringify(results);
    const shown = (await l.request("GET", "/destinations")).text;
    const audit = (await l.request("GET", "/audit")).text;
    for (const hidden of [secret.replace("whsec_", ""), token, routingKey, "hidden"]) {
      expect(stored).not.toContain(hidden);
      expect(shown).not.toContain(hidden);
      expect(audit).not.toContain(hidden);
    }
    expect(shown).toContain("https://hooks.slack.invalid/***");
  });

  it.for<[body: object, path: string, message: string]>([
    [{ url: "http://example.com/" }, "url", "must begin with https://"],
    [{ url: "http://127.0.0.1:9/" }, "url", "must begin with https://"],
    [{ url: "https://169.254.169.254/latest" }, "url", "must be a public address"],
    [{ url: "https://0x7f.1/" }, "url", "must be a public address"],
    [{ url: "https://[::ffff:10.0.0.1]/" }, "url", "must be a public address"],
    [{ url: "https://u:p@example.com/" }, "url", "must not hold credentials"],
    [{ url: "nowhere" }, "url", "is not a URL"],
    [{ kind: "slack", url: "https://localhost/x" }, "url", "must be a public address"],
    [{ kind: "smoke" }, "kind", ""],
    [{ name: " " }, "name", "must not be empty"],
    [{ secret: "whsec_short" }, "secret", "must be whsec_ and base64 of 24 to 64 bytes"],
    [{ filter: { events: ["prompt.eaten"] } }, "filter.events.0", "must be one of prompt.created"],
    [{ filter: { prompt: ["x"] } }, "filter", "prompt"],
    [
      { kind: "github", url: undefined, repository: "no slash", token: "ghp_1234567890" },
      "repository",
      "must be owner/name",
    ],
    [
      {
        kind: "github",
        url: undefined,
        repository: "o/r",
        token: "ghp_1234567890",
        apiUrl: "https://10.0.0.1",
      },
      "apiUrl",
      "must be a public address",
    ],
    [{ kind: "pagerduty", url: undefined, routingKey: "short" }, "routingKey", "must be 32"],
  ])("refuses %j", async ([body, path, message], { expect }) => {
    const l = await lab();
    const answer = await l.request("POST", "/destinations", {
      kind: "webhook",
      name: "ours",
      url: "https://receiver.invalid/hook",
      ...body,
    });
    expect(answer.status).toBe(400);
    const { issues } = answer.json as { issues: { path: string; message: string }[] };
    const found = issues.find((issue) => issue.path === path);
    expect(found?.message).toContain(message);
  });

  it("is somebody else's business", async ({ expect }) => {
    const [mine, theirs] = [await lab(), await lab()];
    const { id } = await mine.create();
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/rotate"],
      ["POST", "/test"],
    ] as const) {
      expect((await theirs.request(method, `/destinations/${id}${path}`)).status).toBe(404);
    }
    await mine.ok("GET", `/destinations/${id}`);
  });

  it("that is paused or deleted is sent nothing, also not what waits", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create();
    const gone = await l.create();
    await notify(l.scopeAt(new Date()), disabled("x"));
    await l.ok("PATCH", `/destinations/${id}`, { status: "paused" });
    await l.request("DELETE", `/destinations/${gone.id}`);
    await l.deliver();
    await notify(l.scopeAt(new Date()), disabled("y"));
    await l.deliver();
    expect(l.received).toEqual([]);
    const { data } = await l.ok<{ data: { outcome: string }[] }>("GET", "/deliveries");
    expect(data.map(({ outcome }) => outcome).sort()).toEqual([
      "the destination was deleted",
      "the destination was paused",
    ]);
  });
});

describe("mail", () => {
  const team = { kind: "email", url: undefined, to: "team@example.com" };

  it("is refused where the deployment cannot send any", async ({ expect }) => {
    const l = await lab();
    const answer = await l.request("POST", "/destinations", { name: "ours", ...team });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ issues: [{ path: "to" }] });
    expect(answer.text).toContain("send_email binding EMAIL");
  });

  it("goes through the binding, and again when that failed", async ({ expect }) => {
    const mails: Record<string, unknown>[] = [];
    let isDown = true;
    const EMAIL = {
      send: async (mail: Record<string, unknown>) => {
        if (isDown) throw new Error("destination address is not verified");
        mails.push(mail);
        return { messageId: "m1" };
      },
    } as unknown as SendEmail;
    const l = await lab(new Date(), { EMAIL, EMAIL_FROM: "promptside@example.org" });
    await l.create(team);
    await notify(l.scopeAt(new Date()), disabled("x"));
    await l.deliver();
    const look = async () =>
      (await l.ok<{ data: { id: string; state: string; outcome: string }[] }>("GET", "/deliveries"))
        .data[0];
    expect(await look()).toMatchObject({
      state: "pending",
      outcome: "not accepted: destination address is not verified",
    });
    isDown = false;
    l.at(new Date(Date.now() + 10_000));
    await l.deliver();
    expect(await look()).toMatchObject({ state: "delivered", outcome: "accepted as m1" });
    expect(mails).toEqual([
      {
        from: "promptside@example.org",
        to: "team@example.com",
        subject: "Destination x was disabled",
        text: expect.stringContaining("why") as unknown,
        headers: { "X-Promptside-Delivery": (await look())?.id },
      },
    ]);
    const log = await l.request("GET", `/deliveries/${(await look())?.id}`);
    expect(log.text).toContain("mailto:team@example.com");
    expect(l.received).toEqual([]);
  });
});

describe("rotating a secret", () => {
  it("signs with both for the overlap, and with the new one after it", async ({ expect }) => {
    const l = await lab();
    const { id, secret: old } = await l.create();
    const begin = new Date();
    const { secret } = await l.ok<{ secret: string }>("POST", `/destinations/${id}/rotate`, {
      overlapHours: 2,
    });
    expect(secret).not.toBe(old);
    const signaturesAt = async (at: Date): Promise<string[]> => {
      l.at(at);
      await notify(l.scopeAt(at), disabled(at.toISOString()));
      await l.deliver();
      return l.received.at(-1)?.headers["webhook-signature"]?.split(" ") ?? [];
    };
    expect(await signaturesAt(new Date(begin.getTime() + 1000))).toHaveLength(2);
    const { body, headers } = l.received.at(-1) ?? { body: "", headers: {} };
    for (const known of [old, secret]) new Webhook(known).verify(body, headers);
    expect(await signaturesAt(new Date(begin.getTime() + 3 * HOUR_MS))).toHaveLength(1);
    const last = l.received.at(-1);
    const at = new Date(Number(last?.headers["webhook-timestamp"]) * 1000);
    const expected = new Webhook(secret).sign(
      last?.headers["webhook-id"] ?? "",
      at,
      last?.body ?? "",
    );
    expect(last?.headers["webhook-signature"]).toBe(expected);
    const view = await l.ok<{ secrets: unknown[] }>("GET", `/destinations/${id}`);
    expect(view.secrets).toHaveLength(1);
  });

  it("takes a secret that the receiver chose; only webhooks have one", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create();
    const secret = `whsec_${btoa("chosen by the receiver!!!")}`;
    expect(await l.ok("POST", `/destinations/${id}/rotate`, { secret })).toMatchObject({ secret });
    const slack = await l.create({ kind: "slack", url: "https://hooks.slack.invalid/services/x" });
    const refused = await l.request("POST", `/destinations/${slack.id}/rotate`);
    expect(refused.status).toBe(409);
  });
});
