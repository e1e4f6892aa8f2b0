import { ADMIN_TOKEN, type Server } from "./server.ts";

/** Calls the API once, outside of any measurement. @throws Error unless the answer is a 2xx */
export async function call(
  { port }: Server,
  method: string,
  path: string,
  { authorization, body }: { authorization: string; body?: unknown },
): Promise<{ text: string; json: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return { text, json: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

/** A project of this run's own. @returns its Authorization header */
export async function newProject(server: Server): Promise<string> {
  const { json } = await call(server, "POST", "/api/public/projects", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    body: { name: "bench" },
  });
  const { publicKey, secretKey } = json as { publicKey: string; secretKey: string };
  return `Basic ${btoa(`${publicKey}:${secretKey}`)}`;
}

/** Moves the clock and runs every job that is due. @throws Error naming the jobs that failed */
export async function runJobs(server: Server, at: Date): Promise<void> {
  const { json } = await call(server, "POST", "/api/public/admin/tick", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    body: { at: at.toISOString() },
  });
  const { failed } = json as { failed: string[] };
  if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(", ")}`);
}

/** The number by which rows name the project that was made last. */
export async function tenantOf(server: Server): Promise<number> {
  const registry = await server.registry();
  const row = await registry
    .prepare("SELECT max(num) AS num FROM project")
    .first<{ num: number | null }>();
  if (row?.num == null) throw new Error("there is no project");
  return row.num;
}
