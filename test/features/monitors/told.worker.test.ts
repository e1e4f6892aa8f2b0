import { createMessageBatch } from "cloudflare:test";
import { describe, it } from "vitest";

import {
  changeMonitor,
  muteMonitor,
  removeMonitor,
} from "../../../src/features/monitors/actions.ts";
import { monitorJobs } from "../../../src/features/monitors/jobs.ts";
import { BUILT_IN } from "../../../src/features/monitors/model.ts";
import { consumeJobs } from "../../../src/jobs.ts";
import { setNow } from "../../../src/platform/clock.ts";
import type { Env, JobMessage } from "../../../src/platform/env.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { HOUR_MS, hourly, type Lab, lab, MINUTE_MS, PROMPT } from "./lab.ts";

const BEGIN = new Date("2026-11-02T00:00:00.000Z");
const T0 = BEGIN.getTime();
const after = (hours: number): number => T0 + hours * HOUR_MS + 3 * MINUTE_MS;
const SLOW = { kind: "threshold", metric: "latencyMs", statistic: "p50", above: 2000 };

/** Slow hours, the given ones fast. */
async function slowLab(hours: number, fast: readonly number[] = []): Promise<Lab> {
  const ours = await lab(BEGIN);
  await ours.bring(
    after(hours),
    ...Array.from({ length: hours }, (_, hour) => ({
      at: hourly(T0 + hour * HOUR_MS, T0 + (hour + 1) * HOUR_MS, 30),
      latencyMs: () => (fast.includes(hour) ? 500 : 3000),
    })),
  );
  return ours;
}

type Event = { type: string; data: Record<string, unknown> };

async function listen(ours: Lab): Promise<() => Promise<Event[]>> {
  const made = await call("POST", "/api/public/destinations", {
    authorization: ours.project.basic,
    env: ours.env,
    body: { kind: "webhook", name: "ours", url: "https://receiver.invalid/hook" },
  });
  if (made.status !== 201) throw new Error(made.text);
  return async () => {
    const { results } = await ours.env.DB.prepare(
      "SELECT type, data FROM notification_event WHERE project = ?1 ORDER BY at, id",
    )
      .bind(ours.project.scope.tenant)
      .all<{ type: string; data: string }>();
    return results.map(({ type, data }) => ({ type, data: JSON.parse(data) as Event["data"] }));
  };
}

describe("notifications of a monitor", () => {
  it("say that no values came for as long as was asked, and that they came again", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    const busy = [0, 6, 7].map((hour) => ({
      at: hourly(T0 + hour * HOUR_MS, T0 + (hour + 1) * HOUR_MS, 30),
      latencyMs: () => (hour === 7 ? 3000 : 500),
    }));
    await ours.bring(after(8), ...busy);
    const heard = await listen(ours);
    const rule = { ...SLOW, label: "production", noDataMinutes: 180, renotifyHours: 2 };
    const { id } = await ours.watch(T0, { ...rule, severity: "critical" });
    const deaf = await ours.watch(T0, { ...SLOW, label: "production", name: "deaf" });
    await ours.ticks(after(1), after(5), HOUR_MS);
    const [silent, ...others] = await ours.incidents(after(5));
    expect(others).toEqual([]);
    expect(silent).toMatchObject({
      monitor: { id },
      state: "open",
      severity: "critical",
      version: 1,
      openedAt: new Date(T0 + 4 * HOUR_MS).toISOString(),
      summary: `no data: too few values of latencyMs of ${PROMPT} v1 for 3 h`,
    });
    expect((await ours.monitor(id, after(5))).states).toMatchObject([
      { phase: "no data", incident: silent?.id },
    ]);
    expect((await ours.monitor(deaf.id, after(5))).phase).toBe("no data");
    const detail = await ours.incident(silent?.id ?? "", after(5));
    expect(detail.evidence.findings).toMatchObject([{ n: 0, value: null, verdict: "not judged" }]);

    await ours.ticks(after(6), after(8), HOUR_MS);
    const events = (await heard()).map(({ type, data }) => [type, data["monitorId"]]);
    expect(events.filter(([, of]) => of === id).map(([type]) => type)).toEqual([
      "incident.opened",
      "incident.reminded",
      "incident.resolved",
      "incident.opened",
    ]);
    const done = await ours.incident(silent?.id ?? "", after(8));
    expect(done).toMatchObject({ state: "resolved", resolution: "values came again" });
    expect(done.history.map(({ text }) => text)[1]).toBe(silent?.summary);
    const preview = await ours.preview(after(8), { ...rule, version: undefined }, 1);
    expect(
      preview.firings.map(({ openedAt, resolvedAt }) => [openedAt, resolvedAt]),
    ).toContainEqual([silent?.openedAt, new Date(T0 + 7 * HOUR_MS).toISOString()]);
  });

  it("say that an incident opened, is still there, and is over", async ({ expect }) => {
    const ours = await slowLab(7, [3, 4, 5, 6]);
    const heard = await listen(ours);
    const { id } = await ours.watch(T0, { ...SLOW, renotifyHours: 2, severity: "critical" });
    await ours.ticks(after(1), after(7), HOUR_MS);
    const [incident] = await ours.incidents(after(7));
    const events = await heard();
    expect(events.map(({ type }) => type)).toEqual([
      "incident.opened",
      "incident.reminded",
      "incident.reminded",
      "incident.resolved",
    ]);
    expect(events[0]?.data).toMatchObject({
      incidentId: incident?.id,
      monitorId: id,
      monitor: "ours",
      kind: "threshold",
      severity: "critical",
      prompt: PROMPT,
      version: 1,
      openedAt: new Date(T0 + HOUR_MS).toISOString(),
      resolvedAt: null,
      evidence: { incident: `/api/public/incidents/${incident?.id ?? ""}` },
    });
    expect(events[3]?.data).toMatchObject({ resolvedAt: new Date(T0 + 6 * HOUR_MS).toISOString() });
  });

  it("are not sent while it is muted, and come with the next reminder after", async ({
    expect,
  }) => {
    const ours = await slowLab(4);
    const heard = await listen(ours);
    const { id } = await ours.watch(T0, { ...SLOW, renotifyHours: 1 });
    const muted = await muteMonitor(ours.scopeAt(BEGIN), id, { minutes: 150, reason: "known" });
    expect(muted.muted).toEqual({
      until: new Date(T0 + 150 * MINUTE_MS).toISOString(),
      reason: "known",
    });
    await ours.ticks(after(1), after(2), HOUR_MS);
    expect(await heard()).toEqual([]);
    expect(await ours.incidents(after(2))).toMatchObject([{ state: "open", muted: true }]);
    await ours.tick(after(3));
    expect((await heard()).map(({ type }) => type)).toEqual(["incident.reminded"]);
    expect(await ours.incidents(after(3))).toMatchObject([{ muted: false }]);
  });

  it("end with the monitor, when it is disabled, changed or deleted", async ({ expect }) => {
    const ours = await slowLab(4);
    const heard = await listen(ours);
    const { id } = await ours.watch(T0, SLOW);
    const scope = (hours: number) => ours.scopeAt(new Date(after(hours)));
    await ours.tick(after(1));
    await changeMonitor(scope(1), id, { above: 2500 });
    await ours.tick(after(2));
    await changeMonitor(scope(2), id, { enabled: false });
    await ours.tick(after(3));
    await changeMonitor(scope(3), id, { enabled: true });
    await ours.tick(after(4));
    await removeMonitor(scope(4), id);
    await ours.tick(after(5));
    const incidents = await ours.incidents(after(5));
    expect(incidents.map(({ resolution }) => resolution)).toEqual([
      "the monitor was changed",
      "the monitor was disabled",
      "the monitor was deleted",
    ]);
    expect(await heard()).toHaveLength(6);
  });
});

describe("the minute of cron", () => {
  it("sends word of what is due, again when that is lost, and doubled words change nothing", async ({
    expect,
  }) => {
    const queued: JobMessage[] = [];
    const tenants = new Set<number>();
    const ours = await lab(BEGIN, {
      env: {
        JOBS: {
          sendBatch: async (messages: { body: JobMessage }[]) => {
            // The job looks after every project; the others' are the business of their tests.
            queued.push(...messages.map(({ body }) => body).filter((m) => tenants.has(m.tenant)));
          },
        } as unknown as Env["JOBS"],
      },
    });
    tenants.add(ours.project.scope.tenant);
    await ours.bring(after(1), {
      at: hourly(T0, T0 + HOUR_MS, 40),
      latencyMs: () => 3000,
    });
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) ids.push((await ours.watch(T0, SLOW)).id);
    const minute = async (at: number): Promise<void> => {
      for (const job of monitorJobs) await job.run(ours.env, new Date(at));
    };
    await minute(T0 + HOUR_MS);
    expect(queued.filter(({ kind }) => kind !== "monitors")).toEqual([]);
    queued.length = 0;
    await minute(after(1));
    const sent = queued.splice(0).flatMap((m) => (m.kind === "monitors" ? [m.monitors] : []));
    expect(
      sent
        .flat()
        .filter((id) => id !== BUILT_IN)
        .sort(),
    ).toEqual(ids.toSorted());
    expect(Math.max(...sent.map(({ length }) => length))).toBeLessThanOrEqual(20);
    await minute(after(1) + MINUTE_MS);
    expect(queued).toEqual([]);
    // All were lost: they are sent again.
    await minute(after(1) + 5 * MINUTE_MS);
    expect(queued.length).toBeGreaterThan(0);
    const messages = queued.splice(0);
    setNow(ours.env, new Date(after(1) + 6 * MINUTE_MS));
    for (const doubled of [messages, messages]) {
      const batch = createMessageBatch<JobMessage>(
        "promptside-jobs",
        doubled.map((body, i) => ({ id: String(i), timestamp: BEGIN, attempts: 1, body })),
      );
      await consumeJobs(batch, ours.env);
    }
    setNow(ours.env, new Date());
    const incidents = await ours.incidents(after(2));
    expect(incidents).toHaveLength(25);
    expect(new Set(incidents.map(({ monitor }) => monitor.id))).toEqual(new Set(ids));

    const list = async (query: string) => {
      const { json } = await call("GET", `/api/public/incidents?${query}`, {
        authorization: ours.project.basic,
        env: ours.env,
      });
      return json as { data: { id: string }[]; nextCursor: string | null };
    };
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await list(`limit=10&state=active${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(incidents.map(({ id }) => id).toReversed());
    expect((await list(`monitor=${ids[3] ?? ""}`)).data).toHaveLength(1);
    expect((await list("state=resolved")).data).toEqual([]);
    expect((await list("prompt=nowhere")).data).toEqual([]);
  });
});

describe("POST /api/public/monitors", () => {
  it("names the field that is wrong", async ({ expect }) => {
    const ours = await lab(BEGIN);
    const good = { ...SLOW, name: "ours", prompt: PROMPT };
    const refused = async (body: object): Promise<unknown> => {
      const answer = await call("POST", "/api/public/monitors", {
        authorization: ours.project.basic,
        env: ours.env,
        body,
      });
      expect(answer.status, answer.text).toBe(400);
      return (answer.json as { issues: { path: string }[] }).issues[0]?.path;
    };
    const drift = { kind: "drift", name: "ours", prompt: PROMPT, metric: "latencyMs" };
    expect(await refused({ ...good, prompt: "nowhere" })).toBe("prompt");
    expect(await refused({ ...good, version: 9 })).toBe("version");
    expect(await refused({ ...good, label: "nowhere" })).toBe("label");
    expect(await refused({ ...good, version: 1, label: "production" })).toBe("version");
    expect(await refused({ ...good, metric: "speed" })).toBe("metric");
    expect(await refused({ ...good, statistic: "rate" })).toBe("statistic");
    expect(await refused({ ...good, below: 1 })).toBe("above");
    expect(await refused({ ...good, windowMinutes: 7 })).toBe("windowMinutes");
    expect(await refused({ ...good, version: 1, noDataMinutes: 179 })).toBe("noDataMinutes");
    expect(await refused({ ...good, noDataMinutes: 180 })).toBe("noDataMinutes");
    expect(await refused({ ...drift, noDataMinutes: 60 })).toBe("noDataMinutes");
    expect(await refused({ ...drift, margin: 0 })).toBe("margin");
    expect(await refused({ ...drift, margin: 0.9 })).toBe("margin");
    expect(await refused({ kind: "regression", name: "x", margins: { latencyMs: -1 } })).toBe(
      "margins.latencyMs",
    );
    expect(await refused({ kind: "budget", name: "x", period: "day", limitUsd: 0 })).toBe(
      "limitUsd",
    );
    expect(await refused({ ...good, kind: "else" })).toBe("kind");
    expect(await refused({ ...good, colour: "red" })).toBe("");
    const preview = await call("POST", "/api/public/monitors/preview?days=40", {
      authorization: ours.project.basic,
      env: ours.env,
      body: good,
    });
    expect(preview.status).toBe(400);
  });

  it("is read, listed, changed, and kept from others", async ({ expect }) => {
    const ours = await lab(BEGIN);
    const ask = (method: string, path: string, body?: object) =>
      call(method, `/api/public${path}`, {
        authorization: ours.project.basic,
        env: ours.env,
        body,
      });
    const made = await ask("POST", "/monitors", { ...SLOW, name: "ours", prompt: PROMPT });
    expect(made.status).toBe(201);
    const { id } = made.json as { id: string };
    const page = (await ask("GET", "/monitors?limit=1")).json as {
      data: { id: string }[];
      nextCursor: string;
    };
    expect(page.data).toMatchObject([{ id, phase: null, states: [] }]);
    const rest = await ask("GET", `/monitors?cursor=${page.nextCursor}`);
    expect(rest.json).toMatchObject({
      data: [{ id: BUILT_IN, builtIn: true, kind: "regression", labels: ["production"] }],
      nextCursor: null,
    });
    const changed = await ask("PATCH", `/monitors/${id}`, { above: null, below: 5, name: "new" });
    expect(changed.json).toMatchObject({ name: "new", below: 5 });
    expect(changed.json).not.toHaveProperty("above");
    expect((await ask("PATCH", `/monitors/${id}`, { below: null })).status).toBe(400);
    const fixed = await ask("PATCH", `/monitors/${id}`, { kind: "volume" });
    expect(fixed.json).toMatchObject({ issues: [{ path: "kind" }] });
    expect((await ask("DELETE", `/monitors/${BUILT_IN}`)).status).toBe(409);
    const silent = await ask("PATCH", `/monitors/${BUILT_IN}`, {
      enabled: false,
      labels: ["live"],
    });
    expect(silent.json).toMatchObject({ enabled: false, labels: ["live"] });
    const stranger = await freshProject(BEGIN);
    const theirs = await call("GET", `/api/public/monitors/${id}`, {
      authorization: stranger.basic,
    });
    expect(theirs.status).toBe(404);
    expect((await ask("DELETE", `/monitors/${id}`)).status).toBe(200);
    expect((await ask("GET", `/monitors/${id}`)).status).toBe(404);
  });
});
