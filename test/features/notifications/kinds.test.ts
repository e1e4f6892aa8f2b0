import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import {
  type Emission,
  EVENT_DATA,
  EVENT_TYPES,
} from "../../../src/features/notifications/contract.ts";
import { loggedRequest, spellings } from "../../../src/features/notifications/deliveries/log.ts";
import { emailOf } from "../../../src/features/notifications/kinds/email.ts";
import { messageOf } from "../../../src/features/notifications/kinds/message.ts";
import { type Opened, requestTo } from "../../../src/features/notifications/kinds/request.ts";
import type { StoredEvent } from "../../../src/features/notifications/model.ts";

const AT = new Date("2026-11-20T12:00:00.000Z");
const actor = { kind: "key" as const, id: "key_1" };

const version = {
  prompt: "support/greet",
  version: 2,
  type: "text" as const,
  labels: ["production"],
  tags: [],
  commitMessage: "warmer",
  actor,
};
const rollout = {
  rolloutId: "rol_1",
  prompt: "support/greet",
  label: "production",
  control: 1,
  candidate: 2,
  stage: 1,
  share: 0.255,
  reason: "latency is worse",
};
const incident = {
  incidentId: "inc_1",
  monitorId: "mon_1",
  monitor: "greet latency",
  kind: "regression",
  severity: "warning" as const,
  prompt: "support/greet",
  label: "production",
  version: 2,
  summary: "p95 rose by 40 %",
  openedAt: AT.toISOString(),
  resolvedAt: null,
};

const DATA: { [T in Emission["type"]]: Extract<Emission, { type: T }>["data"] } = {
  "prompt.created": version,
  "prompt.version.created": version,
  "prompt.deployed": {
    prompt: "support/greet",
    label: "production",
    from: 1,
    to: 2,
    reason: "better",
    actor,
  },
  "rollout.started": rollout,
  "rollout.stage_started": rollout,
  "rollout.held": rollout,
  "rollout.paused": rollout,
  "rollout.resumed": rollout,
  "rollout.promoted": rollout,
  "rollout.rolled_back": rollout,
  "rollout.inconclusive": rollout,
  "rollout.aborted": rollout,
  "incident.opened": incident,
  "incident.reminded": incident,
  "incident.acknowledged": incident,
  "incident.resolved": { ...incident, resolvedAt: AT.toISOString() },
  "report.ready": {
    reportId: "rep_1",
    period: { kind: "weekly", from: AT.toISOString(), to: AT.toISOString() },
    title: "Week 46",
    highlights: ["one", "two"],
    path: "/reports/rep_1",
  },
  "destination.disabled": { destinationId: "dst_1", destination: "ours", reason: "no answer" },
  "destination.test": { destinationId: "dst_1", destination: "ours", actor },
};

const event = (type: Emission["type"], over: object = {}): StoredEvent => ({
  id: "evt_1",
  projectId: "prj_1",
  type,
  prompt: null,
  labels: null,
  data: { ...DATA[type], ...over },
  at: AT,
});

const opened: Record<Opened["kind"], Opened> = {
  webhook: {
    kind: "webhook",
    address: "https://receiver.invalid/hook",
    credential: "",
    secrets: [`whsec_${btoa("a secret of 24 characters")}`],
  },
  slack: {
    kind: "slack",
    address: "https://hooks.slack.invalid/***",
    credential: "https://hooks.slack.invalid/services/T/B/x",
    secrets: [],
  },
  teams: {
    kind: "teams",
    address: "https://teams.invalid/***",
    credential: "https://teams.invalid/workflows/x?sig=y",
    secrets: [],
  },
  pagerduty: {
    kind: "pagerduty",
    address: "https://events.pagerduty.com",
    credential: "0123456789abcdef0123456789abcdef",
    secrets: [],
  },
  github: {
    kind: "github",
    address: "https://api.github.com/repos/o/r",
    credential: "ghp_0123456789",
    secrets: [],
  },
};

const send = (kind: Opened["kind"], type: Emission["type"], over: object = {}) => {
  const parcel = { delivery: "dlv_1", event: event(type, over), at: AT };
  const request = requestTo(opened[kind], parcel);
  return { ...request, json: JSON.parse(request.body) as Record<string, object> };
};

const KINDS = Object.keys(opened) as Opened["kind"][];

describe("every type of event", () => {
  it.each(EVENT_TYPES)("%s keeps its contract and can be told in words", (type) => {
    expect(EVENT_DATA[type].parse(DATA[type])).toEqual(DATA[type]);
    const { title, facts, text } = messageOf(event(type));
    const said = JSON.stringify([title, facts, text]);
    expect(title.length).toBeGreaterThan(5);
    expect(said).not.toMatch(/undefined|\[object/);
  });

  it.each(KINDS)("reaches %s as JSON", (kind) => {
    for (const type of EVENT_TYPES) {
      expect(send(kind, type).headers["content-type"]).toBe("application/json");
    }
  });
});

describe("a webhook", () => {
  it("carries the event and one signature for each secret", () => {
    const { url, headers, body, json } = send("webhook", "prompt.deployed");
    expect(url).toBe("https://receiver.invalid/hook");
    expect(json).toEqual({
      id: "evt_1",
      type: "prompt.deployed",
      timestamp: AT.toISOString(),
      projectId: "prj_1",
      data: DATA["prompt.deployed"],
    });
    expect(headers["webhook-id"]).toBe("dlv_1");
    expect(headers["webhook-timestamp"]).toBe(String(AT.getTime() / 1000));
    const [secret = ""] = opened.webhook.secrets;
    expect(headers["webhook-signature"]).toBe(new Webhook(secret).sign("dlv_1", AT, body));
  });
});

describe("Slack", () => {
  it("is sent blocks, with a text for notifications", () => {
    const { url, json } = send("slack", "incident.opened");
    expect(url).toBe(opened.slack.credential);
    expect(json).toMatchObject({
      text: "Incident: greet latency",
      blocks: [
        {
          type: "header",
          text: { type: "plain_text", text: ":rotating_light: Incident: greet latency" },
        },
        { type: "section", text: { type: "mrkdwn", text: "p95 rose by 40 %" } },
        {
          type: "section",
          fields: expect.arrayContaining([{ type: "mrkdwn", text: "*Version*\n2" }]) as unknown,
        },
        { type: "context" },
      ],
    });
  });

  it("mentions nobody, and stays within Slack's bounds", () => {
    const summary = `<!channel> & <@U1> ${"<".repeat(5000)}`;
    const { body, json } = send("slack", "incident.opened", { summary, monitor: "m".repeat(400) });
    expect(body).not.toContain("<!channel>");
    const blocks = json["blocks"] as { text: { text: string } }[];
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1]?.text.text.length).toBeLessThanOrEqual(3000);
    expect(blocks[1]?.text.text).toMatch(/^&lt;!channel&gt; &amp; &lt;@U1&gt; (&lt;)+…$/);
  });
});

describe("Teams", () => {
  it("is sent an Adaptive Card", () => {
    expect(send("teams", "rollout.rolled_back").json).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [
              {
                type: "TextBlock",
                color: "Attention",
                text: "support/greet@production: candidate was rolled back",
              },
              { type: "TextBlock", text: "latency is worse" },
              {
                type: "FactSet",
                facts: expect.arrayContaining([{ title: "Share", value: "25.5 %" }]) as unknown,
              },
              { type: "TextBlock" },
            ],
          },
        },
      ],
    });
  });
});

describe("PagerDuty", () => {
  it.each([
    ["incident.opened", "trigger"],
    ["incident.reminded", "trigger"],
    ["incident.acknowledged", "acknowledge"],
    ["incident.resolved", "resolve"],
  ] as const)("is told of %s as %s of one alert", (type, action) => {
    const { url, json } = send("pagerduty", type);
    expect(url).toBe("https://events.pagerduty.com/v2/enqueue");
    expect(json).toMatchObject({
      routing_key: opened.pagerduty.credential,
      event_action: action,
      dedup_key: "inc_1",
      payload: { severity: "warning", source: "promptside/prj_1", component: "support/greet" },
    });
  });

  it("is told of all else as a change, which wakes nobody", () => {
    const { url, json } = send("pagerduty", "prompt.deployed");
    expect(url).toBe("https://events.pagerduty.com/v2/change/enqueue");
    expect(json).toMatchObject({
      payload: { summary: "support/greet: production now serves v2" },
    });
    expect(json).not.toHaveProperty("event_action");
  });
});

describe("GitHub", () => {
  it("is sent a repository_dispatch", () => {
    const { url, headers, json } = send("github", "prompt.deployed");
    expect(url).toBe("https://api.github.com/repos/o/r/dispatches");
    expect(headers["authorization"]).toBe("Bearer ghp_0123456789");
    expect(headers["user-agent"]).toBeTruthy();
    expect(json).toMatchObject({
      event_type: "prompt.deployed",
      client_payload: { id: "evt_1", delivery: "dlv_1", data: { to: 2 } },
    });
    // GitHub takes ten properties at most.
    expect(Object.keys(json["client_payload"] ?? {}).length).toBeLessThanOrEqual(10);
  });
});

describe("a mail", () => {
  const mail = (type: Emission["type"], over: object = {}) =>
    emailOf({ delivery: "dlv_1", event: event(type, over), at: AT }, "team@example.com");

  it("says the event in plain text", () => {
    expect(mail("prompt.deployed")).toEqual({
      to: "team@example.com",
      subject: "support/greet: production now serves v2",
      text: [
        "support/greet: production now serves v2",
        "better",
        "Before: v1\nBy: key key_1",
        "prompt.deployed · 2026-11-20T12:00:00.000Z · prj_1\n",
      ].join("\n\n"),
      headers: { "X-Promptside-Delivery": "dlv_1" },
    });
  });

  it("has a subject of one line, whatever a name holds", () => {
    const { subject } = mail("incident.opened", { monitor: `a\r\nBcc: b@c.d ${"x".repeat(400)}` });
    expect(subject).toMatch(/^Incident: a Bcc: b@c\.d x+…$/);
    expect(subject.length).toBeLessThanOrEqual(200);
  });
});

describe("the log of a request", () => {
  it.each(KINDS)("to %s holds no secret and no signature", (kind) => {
    const { credential, secrets } = opened[kind];
    const all = [credential, ...secrets].filter((secret) => secret !== "");
    const request = send(kind, "incident.opened");
    const logged = JSON.stringify(
      loggedRequest({ method: "POST", ...request }, spellings([credential, ...secrets])),
    );
    for (const secret of all) expect(logged).not.toContain(secret);
    expect(logged).not.toContain("v1,");
    expect(logged).not.toContain("Bearer");
    expect(logged).toContain("greet latency");
  });
});
