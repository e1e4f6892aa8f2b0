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

type Published = { state: string; authorization: string; key: string; body: string };

/** Publishes a prompt and stops: another start knows the prompt from KV only, as most isolates do. */
async function publish(script: string): Promise<Published> {
  const state = newState();
  const server = await serve({ script, state, consumesQueues: true });
  const authorization = await newProject(server);
  await call(server, "POST", "/api/public/v2/prompts", {
    authorization,
    body: { name: PROMPT, type: "text", prompt: TEXT, labels: ["production"] },
  });
  const { text: body } = await call(server, "GET", PATH, { authorization });
  const kv = await server.kv();
  const { keys } = await kv.list({ prefix: "doc/" });
  const found = keys.map(({ name }) => name).find((name) => name.includes("/l/production/"));
  if (found === undefined || (await kv.get(found)) !== body) {
    throw new Error("the prompt's document is not in KV after its creation");
  }
  await server.stop();
  return { state, authorization, key: found, body };
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
  subject: { name: string; vars: Record<string, string> };
  peer: { name: string; script: string; vars: Record<string, string>; kv: boolean };
  aims: { perSecond: Aim; p99?: Aim };
};

export type FetchBench = { rounds: number; seconds: number };

async function compare(
  script: string,
  published: Published,
  pair: Pair,
  { rounds, seconds }: FetchBench,
): Promise<void> {
  const { authorization, key, body } = published;
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
  const wire = { method: "GET", path: PATH, headers: { authorization } };
  for (const server of [subject, peer]) {
    const { text } = await call(server, "GET", PATH, { authorization });
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
      subject: { name: "Promptside", vars: { DOCUMENT_MEMORY_MS: "0" } },
      peer: {
        name: "bare Worker, one KV read",
        script: bareScript("bare-kv"),
        vars: { DOCUMENT: published.key },
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
      subject: { name: "Promptside", vars: {} },
      peer: {
        name: "bare Worker, bytes in memory",
        script: bareScript("bare-memory"),
        vars: { BYTES: published.body },
        kv: false,
      },
      aims: { perSecond: { atLeast: 0.8 } },
    },
    options,
  );
}
