import { call, newProject } from "./project.ts";
import { printHeading } from "./report.ts";
import { quantile } from "./rounds.ts";
import { newState, productionScript, serve } from "./server.ts";

const PROMPT = "release";
const PATH = `/api/public/v2/prompts/${PROMPT}`;
const LABEL = `/api/public/prompts/${PROMPT}/labels/production`;
const GIVE_UP_MS = 30_000;

/** Milliseconds until `isTrue`; asks without a pause. */
async function waitFor(isTrue: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - began > GIVE_UP_MS) throw new Error("a move is not served");
  }
  return performance.now() - began;
}

const shown = (name: string, list: readonly number[]): void => {
  const times = Float64Array.from(list);
  const [p50, max] = [quantile(times, 0.5), Math.max(...times)];
  console.log(`  ${name.padEnd(44)} p50 ${p50.toFixed(0)} ms   max ${max.toFixed(0)} ms`);
};

/** From the answer to a label's move until the new version is served, and until KV has it. */
export async function benchFreshness({ moves }: { moves: number }): Promise<void> {
  const server = await serve({
    script: productionScript(),
    state: newState(),
    consumesQueues: true,
  });
  const authorization = await newProject(server);
  const create = (body: object) =>
    call(server, "POST", "/api/public/v2/prompts", { authorization, body });
  await create({ name: PROMPT, prompt: "one", labels: ["production"] });
  await create({ name: PROMPT, prompt: "two" });
  const kv = await server.kv();
  const { keys } = await kv.list({ prefix: "doc/" });
  const key = keys.map(({ name }) => name).find((name) => name.includes("/l/production/")) ?? "";
  const times = { answer: [] as number[], served: [] as number[], kv: [] as number[] };
  for (let move = 0; move < moves; move++) {
    const version = 2 - (move % 2);
    const says = (text: string | null) => text !== null && text.includes(`"version":${version},`);
    const began = performance.now();
    await call(server, "PUT", LABEL, { authorization, body: { version } });
    times.answer.push(performance.now() - began);
    const answered = performance.now();
    times.served.push(
      await waitFor(async () => says((await call(server, "GET", PATH, { authorization })).text)),
    );
    await waitFor(async () => says(await kv.get(key)));
    times.kv.push(performance.now() - answered);
    // Another second and KV takes the key again at once, as it does between releases.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  await server.stop();
  printHeading(`5. Freshness: ${moves} moves of a label, one isolate, local KV`);
  shown("the move itself", times.answer);
  shown("its answer until the new version is served", times.served);
  shown("its answer until KV has the document", times.kv);
}
