import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Four looks at a long page, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

const SCRIPT = `<script>globalThis.wasRun = true</script><img src=x onerror="globalThis.wasRun = true">`;
const TRACE = "generations-e2e-trace";
const SESSION = "generations-e2e-session";

const iso = (msAgo: number): string => new Date(Date.now() - msAgo).toISOString();

/** A trace of a span, a generation below it and a score, whose every text looks like markup. */
async function sendTrace(): Promise<void> {
  const event = (type: string, body: object) => ({
    id: crypto.randomUUID(),
    type,
    timestamp: iso(60_000),
    body,
  });
  const span = {
    id: "e2e-span",
    traceId: TRACE,
    name: `span ${SCRIPT}`,
    startTime: iso(70_000),
    endTime: iso(60_000),
  };
  const generation = {
    id: "e2e-generation",
    traceId: TRACE,
    parentObservationId: "e2e-span",
    name: "answer",
    startTime: iso(69_000),
    endTime: iso(61_000),
    model: "gpt-4o-mini",
    usage: { input: 100, output: 20 },
    promptName: "support-reply",
    promptVersion: 1,
    input: [{ role: "user", content: `Where? ${SCRIPT}` }],
    output: { answer: SCRIPT },
    metadata: { note: SCRIPT },
  };
  const score = {
    id: "e2e-score",
    traceId: TRACE,
    observationId: "e2e-generation",
    name: "tone",
    value: "curt",
    dataType: "CATEGORICAL",
    comment: SCRIPT,
  };
  await api("POST", "/api/public/ingestion", {
    batch: [
      event("trace-create", { id: TRACE, name: "checkout", sessionId: SESSION, input: SCRIPT }),
      event("span-create", span),
      event("generation-create", generation),
      event("score-create", score),
    ],
  });
  await expect
    .poll(
      async () => {
        const path = `/api/public/generations?traceId=${TRACE}`;
        const { data } = await api<{ data: { scores: unknown[] }[] }>("GET", path);
        return data[0]?.scores.length;
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1);
}

describe("the generations", () => {
  it(
    "are filtered by the address, page by page, and can be read by everybody",
    async () => {
      const { page, open, everyLook } = await screen();
      await open("/generations?range=30d&promptName=support-reply&promptVersion=2");
      const rows = page.getByRole("region", { name: "Generations" }).getByRole("row");
      const { data } = await api<{ data: unknown[]; nextCursor: string | null }>(
        "GET",
        "/api/public/generations?promptName=support-reply&promptVersion=2&limit=50",
      );
      expect(await rows.count()).toBe(data.length + 1);
      expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("support-reply");
      // Fewer rows look the same.
      await open("/generations?range=30d&promptName=support-reply&promptVersion=2&failed=true");
      await everyLook("generations");
    },
    LOOKING_MS,
  );

  it("are found by a form, which writes the address", async () => {
    const { page, open, settled } = await screen();
    await open("/generations?range=30d");
    const form = page.getByRole("form", { name: "Filters" });
    await form.getByLabel("Score", { exact: true }).fill("helpful");
    await form.getByLabel("Score is").fill("False");
    await form.getByLabel("Prompt", { exact: true }).fill("support-reply");
    await form.getByRole("button", { name: "Find" }).click();
    await page.waitForURL(/scoreName=helpful.*/);
    await settled();
    const rows = page.getByRole("region", { name: "Generations" }).getByRole("row");
    const texts = (await rows.allTextContents()).slice(1);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((row) => !row.includes("helpful: False"))).toEqual([]);
    await form.getByRole("button", { name: "Clear" }).click();
    await settled();
    expect(new URL(page.url()).searchParams.has("scoreName")).toBe(false);
    expect(new URL(page.url()).searchParams.get("range")).toBe("30d");
  });

  it("say when none passes, with where to send them", async () => {
    const { page, open } = await screen();
    await open("/generations?userId=nobody-at-all");
    await page.getByRole("heading", { name: "No generation passes these filters" }).waitFor();
    await page.getByText(`LANGFUSE_HOST=${new URL(page.url()).origin}`).waitFor();
  });
});

describe("a trace", () => {
  it(
    "shows what was said as text, its parts as a tree, and leads to prompt and session",
    async () => {
      await sendTrace();
      const { page, open, settled, everyLook } = await screen();
      await open(`/generations?traceId=${TRACE}`);
      await page.getByRole("region", { name: "Generations" }).getByRole("link").first().click();
      await page.getByRole("heading", { name: "checkout" }).waitFor();
      await settled();
      const tree = page.getByRole("region", { name: "Observations" });
      const names = await tree.getByRole("link").allTextContents();
      expect(names.map((name) => name.slice(0, 5))).toEqual(["span ", "answe"]);
      const detail = page.getByRole("region", { name: "Observation", exact: true });
      expect(await detail.getByLabel("Input, message 1 of user").textContent()).toBe(
        `Where? ${SCRIPT}`,
      );
      await detail.getByText("tone").waitFor();
      await detail.getByText("curt").waitFor();
      await everyLook("trace");
      expect(await page.evaluate("globalThis.wasRun")).toBeUndefined();

      await page.getByRole("link", { name: SESSION }).click();
      await page.waitForURL(new RegExp(`sessionId=${SESSION}`));
      await page.goBack();
      await detail.getByRole("link", { name: "support-reply v1" }).click();
      await page.waitForURL(/\/prompts\/support-reply\?.*version=1/);
      await settled();
    },
    LOOKING_MS,
  );

  it("that nobody sent is said not to be there", async () => {
    const { page, open, forgive } = await screen();
    await open("/traces/nobody-sent-this");
    await page.getByRole("alert").waitFor();
    forgive(/404/);
  });
});
