/** `npm run demo`: two weeks of realistic traffic, through the public API of a running instance. */
import { type Client, client } from "./demo/client.ts";
import { progress } from "./demo/progress.ts";
import { seeded } from "./demo/random.ts";
import { DAY_MS, historyOf, STORY, STORY_DAYS, type StoryPrompt } from "./demo/story.ts";
import { type Call, drawTraffic } from "./demo/traffic.ts";
import { toExport, toScoreEvents } from "./demo/wire.ts";
import { Complaint, readFlags, runMain } from "./host/flags.ts";
import { DEFAULT_STATE, openState, readSecrets, runningOn } from "./host/state.ts";

const USAGE = `usage: npm run demo -- [--url URL] [--state DIR] [--generations N] [--seed N]

  --url URL        the instance (the one that serves the state folder)
  --state DIR      where its keys are (${DEFAULT_STATE})
  --generations N  size of the traffic (5000)
  --seed N         another seed tells another story (1)`;

const FLAGS = {
  url: "text",
  state: "text",
  generations: { min: 1, max: 1_000_000 },
  seed: { min: 0, max: 2 ** 32 - 1 },
} as const;

/** Two spans a call: 200 spans and at most some hundred kilobytes a request. */
const CALLS_PER_EXPORT = 100;
const SCORES_PER_BATCH = 100;
const IN_FLIGHT = 3;

/** Ends this long ago, so that no score of the last call lies in the future. */
const END_BEFORE_MS = 30 * 60_000;

function connect(flags: { url?: string; state: string }): Client {
  const state = openState(flags.state);
  const { project } = readSecrets(state);
  if (!project) {
    throw new Complaint(`${state} holds no keys; run \`npm start\` first, or give --state`);
  }
  const url = flags.url ?? runningOn(state)?.url;
  if (!url) throw new Complaint(`no instance serves ${state}; run \`npm start\` first`);
  return client(url.replace(/\/+$/, ""), project.publicKey, project.secretKey);
}

async function hasPrompt(api: Client, name: string): Promise<boolean> {
  const path = `/api/public/v2/prompts/${encodeURIComponent(name)}?label=latest`;
  return (await api.get(path)).status === 200;
}

/** Where the story leaves each label: what a version is created with. */
function labelsOf({ moves }: StoryPrompt, version: number): string[] {
  const last = new Map(moves.map(({ label, to }) => [label, to]));
  return [...last].filter(([, to]) => to === version).map(([label]) => label);
}

/** Prompts, versions and their history. What an earlier run made is left as it is. */
async function writeRegistry(api: Client, beginMs: number): Promise<void> {
  const { deployments, versions } = historyOf(beginMs);
  for (const prompt of STORY) {
    if (await hasPrompt(api, prompt.name)) {
      process.stderr.write(`${prompt.name} is there already; only traffic is sent\n`);
      continue;
    }
    for (const [index, { prompt: text, config, commitMessage }] of prompt.versions.entries()) {
      await api.post("/api/public/v2/prompts", {
        name: prompt.name,
        type: prompt.type,
        prompt: text,
        labels: labelsOf(prompt, index + 1),
        tags: ["demo"],
        config,
        commitMessage,
      });
    }
    await api.post("/api/public/import/deployments", {
      deployments: deployments.filter((move) => move.prompt === prompt.name),
      versions: versions.filter((version) => version.prompt === prompt.name),
    });
  }
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

type Answered = { errors?: { message?: string }[]; partialSuccess?: { errorMessage?: string } };

/** A 2xx may still name what it could not use. */
function assertTaken(answer: unknown): void {
  const { errors = [], partialSuccess } = answer as Answered;
  const problem = errors[0]?.message ?? partialSuccess?.errorMessage;
  if (problem) throw new Complaint(`part of the traffic was refused: ${problem}`);
}

async function sendTraffic(api: Client, calls: readonly Call[]): Promise<void> {
  const report = progress(calls.length, "generations");
  const queue = chunks(calls, CALLS_PER_EXPORT);
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
      assertTaken(await api.post("/api/public/otel/v1/traces", toExport(chunk)));
      for (const batch of chunks(chunk.flatMap(toScoreEvents), SCORES_PER_BATCH)) {
        assertTaken(await api.post("/api/public/ingestion", { batch }));
      }
      done += chunk.length;
      report(done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

await runMain(async () => {
  const flags = readFlags(process.argv.slice(2), FLAGS, USAGE);
  const { url } = flags;
  const api = connect({
    state: String(flags["state"] ?? DEFAULT_STATE),
    ...(typeof url === "string" ? { url } : {}),
  });
  const end = new Date(Date.now() - END_BEFORE_MS);
  const run = Math.floor(Date.now() / 1000).toString(16);
  const random = seeded(Number(flags["seed"] ?? 1));
  await writeRegistry(api, end.getTime() - STORY_DAYS * DAY_MS);
  await sendTraffic(api, drawTraffic(random, end, Number(flags["generations"] ?? 5_000), run));
  const [{ name }] = STORY;
  console.log(`Sent. Within two minutes the numbers are at /api/public/prompts/${name}/metrics.`);
});
