import { driveFor, type Load, wireOf } from "./client.ts";
import { call, newProject } from "./project.ts";
import { type Aim, printHeading, printSides } from "./report.ts";
import { inTurns, quantile, type Round } from "./rounds.ts";
import { bareScript, newState, productionScript, serve, type Server } from "./server.ts";

const PROMPT = "support/answer-a-customer";
const PATH = `/api/public/v2/prompts/${encodeURIComponent(PROMPT)}`;
const CONNECTIONS = 16;

/** About two kilobytes, as prompts are. */
const TEXT =
  "You help {{customer}} with {{product}}. Be brief, be kind, name your sources. ".repeat(25);

/** A fetch that is measured: where, the KV key of what it answers, and the answer. */
type Fetched = { path: string; key: string; body: string };

type Published = { state: string; authorization: string; plain: Fetched; split: Fetched };

/** The label `staging` is on version 1 and split so that everybody gets version 2: a second document. */
const SPLIT = [
  { version: 1, weight: 0 },
  { version: 2, weight: 10_000 },
];

/** Publishes a prompt and stops: another start knows the prompt from KV only, as most isolates do. */
async function publish(script: string): Promise<Published> {
  const state = newState();
  const server = await serve({ script, state, consumesQueues: true });
  const authorization = await newProject(server);
  await call(server, "POST", "/api/public/v2/prompts", {
    authorization,
    body: { name: PROMPT, type: "text", prompt: TEXT, labels: ["production"] },
  });
  const of = `/api/public/prompts/${encodeURIComponent(PROMPT)}/labels/staging`;
  await call(server, "PUT", of, { authorization, body: { version: 1 } });
  await call(server, "POST", "/api/public/v2/prompts", {
    authorization,
    body: { name: PROMPT, type: "text", prompt: TEXT },
  });
  await call(server, "PUT", `${of}/split`, { authorization, body: { arms: SPLIT } });
  const plain = await fetched(server, authorization, { path: PATH, folder: "/l/production/" });
  const splitPath = `${PATH}?label=staging&targetingKey=user-1`;
  const split = await fetched(server, authorization, { path: splitPath, folder: "/v/2/" });
  await server.stop();
  return { state, authorization, plain, split };
}

/** What a path answers, once KV has the same. */
async function fetched(
  server: Server,
  authorization: string,
  { path, folder }: { path: string; folder: string },
): Promise<Fetched> {
  const kv = await server.kv();
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const { text: body } = await call(server, "GET", path, { authorization });
    const { keys } = await kv.list({ prefix: "doc/" });
    const key = keys.map(({ name }) => name).find((name) => name.includes(folder));
    if (key !== undefined && (await kv.get(key)) === body) return { path, key, body };
    if (Date.now() > giveUpAt) throw new Error(`the document of ${path} does not come to KV`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function measure(server: Server, bytes: Buffer, seconds: number): Promise<Round> {
  const cpuBefore = server.cpuSeconds();
  const load: Load = await driveFor(seconds, bytes, {
    port: server.port,
    connections: CONNECTIONS,
    expectStatus: 200,
  });
  const cpu = server.cpuSeconds() - cpuBefore;
  return {
    perSecond: load.requests / load.seconds,
    p50Ms: quantile(load.latenciesMs, 0.5),
    p99Ms: quantile(load.latenciesMs, 0.99),
    cpuUs: (cpu / load.requests) * 1e6,
  };
}

type Pair = {
  heading: string;
  fetched: Fetched;
  subject: { name: string; vars: Record<string, string> };
  peer: { name: string; script: string; vars: Record<string, string>; kv: boolean };
  aims: { perSecond?: Aim; p99?: Aim };
};

export type FetchBench = { rounds: number; seconds: number };

async function compare(
  script: string,
  published: Published,
  pair: Pair,
  { rounds, seconds }: FetchBench,
): Promise<void> {
  const { authorization } = published;
  const { path, key, body } = pair.fetched;
  const subject = await serve({
    script,
    state: newState(published.state),
    vars: pair.subject.vars,
    consumesQueues: true,
  });
  const peer = await serve({
    script: pair.peer.script,
    state: newState(),
    vars: pair.peer.vars,
    consumesQueues: false,
  });
  if (pair.peer.kv) {
    const { value, metadata } = await (await subject.kv()).getWithMetadata(key, "arrayBuffer");
    if (!value) throw new Error(`KV lost ${key}`);
    await (await peer.kv()).put(key, value, { metadata });
  }
  const wire = { method: "GET", path, headers: { authorization } };
  for (const server of [subject, peer]) {
    const { text } = await call(server, "GET", path, { authorization });
    if (text !== body) throw new Error("a side answers other bytes");
    await measure(server, wireOf(server.port, wire), seconds);
  }
  const sides = await inTurns(
    rounds,
    () => measure(subject, wireOf(subject.port, wire), seconds),
    () => measure(peer, wireOf(peer.port, wire), seconds),
  );
  await subject.stop();
  await peer.stop();
  printHeading(
    `${pair.heading} (${body.length} bytes, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s each)`,
  );
  printSides(
    { subject: pair.subject.name, peer: pair.peer.name, unit: "request" },
    sides,
    pair.aims,
  );
}

/** Prompt fetches beside bare Workers that send the same bytes. */
export async function benchFetch(options: FetchBench): Promise<void> {
  const script = productionScript();
  const published = await publish(script);
  await compare(
    script,
    published,
    {
      heading: "1. Prompt fetch, no document in memory: one KV read",
      fetched: published.plain,
      subject: { name: "Promptside", vars: { DOCUMENT_MEMORY_MS: "0" } },
      peer: {
        name: "bare Worker, one KV read",
        script: bareScript("bare-kv"),
        vars: { DOCUMENT: published.plain.key },
        kv: true,
      },
      aims: { perSecond: { atLeast: 0.9 }, p99: { atMost: 1.3 } },
    },
    options,
  );
  await compare(
    script,
    published,
    {
      heading: "2. Prompt fetch as shipped: from memory",
      fetched: published.plain,
      subject: { name: "Promptside", vars: {} },
      peer: {
        name: "bare Worker, bytes in memory",
        script: bareScript("bare-memory"),
        vars: { BYTES: published.plain.body },
        kv: false,
      },
      aims: { perSecond: { atLeast: 0.8 } },
    },
    options,
  );
  await compare(
    script,
    published,
    {
      heading: "1b. Fetch of a split label, no document in memory: two KV reads",
      fetched: published.split,
      subject: { name: "Promptside", vars: { DOCUMENT_MEMORY_MS: "0" } },
      peer: {
        name: "bare Worker, one KV read",
        script: bareScript("bare-kv"),
        vars: { DOCUMENT: published.split.key },
        kv: true,
      },
      aims: {},
    },
    options,
  );
  await compare(
    script,
    published,
    {
      heading: "2b. Fetch of a split label as shipped: the table and the arm from memory",
      fetched: published.split,
      subject: { name: "Promptside", vars: {} },
      peer: {
        name: "bare Worker, bytes in memory",
        script: bareScript("bare-memory"),
        vars: { BYTES: published.split.body },
        kv: false,
      },
      aims: {},
    },
    options,
  );
}
