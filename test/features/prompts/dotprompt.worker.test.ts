import { describe, it } from "vitest";

import { freshRegistry } from "../../support/registry.ts";
import { at, create, type Fault, PROMPTS, say } from "./lab.ts";

const file = (path: string, { call }: ReturnType<typeof freshRegistry>) =>
  call("GET", path).then((res) => res.text());

describe(".prompt files over HTTP", () => {
  it("go out and come back in as the next version, here and elsewhere", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, {
      name: "team/chat",
      type: "chat",
      prompt: [
        { role: "system", content: "Hi {{user}}" },
        { type: "placeholder", name: "history" },
      ],
      config: { model: "m", temperature: 0.3 },
      labels: ["production"],
      tags: ["eu"],
    });
    const text = await file(at("team/chat", "/dotprompt"), registry);
    expect(text).toContain('{{role "system"}}\nHi {{user}}');
    const other = freshRegistry();
    const made = await say(other, "POST", "/api/public/import/dotprompt?commitMessage=moved", text);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: "team/chat",
      version: 1,
      type: "chat",
      labels: ["latest"],
      tags: ["eu"],
      config: { model: "m", temperature: 0.3 },
      commitMessage: "moved",
    });
    const again = await say(
      other,
      "POST",
      "/api/public/import/dotprompt?labels=true&name=x/y",
      text,
    );
    expect(again.json).toMatchObject({ name: "x/y", labels: ["latest", "production"] });
  });

  it("keep references, or insert them when asked", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "base", prompt: "BASE" });
    await create(registry, { name: "p", prompt: "@@@langfusePrompt:name=base|version=1@@@" });
    const raw = await file(at("p", "/dotprompt?version=1"), registry);
    expect(raw).toContain("@@@langfusePrompt:name=base|version=1@@@");
    const resolved = await file(at("p", "/dotprompt?label=latest&resolve=true"), registry);
    expect(resolved.endsWith("---\nBASE\n")).toBe(true);
  });

  it.for([
    { why: "no name", body: "Hi", query: "", path: "name" },
    { why: "a bad name", body: "---\nname: /x\n---\nHi", query: "", path: "name" },
    {
      why: "front matter that is no YAML",
      body: "---\na: [\n---\nHi",
      query: "?name=x",
      path: "body",
    },
  ])("are refused with $why", async ({ body, query, path }, { expect }) => {
    const res = await say<Fault>(
      freshRegistry(),
      "POST",
      `/api/public/import/dotprompt${query}`,
      body,
    );
    expect(res.status).toBe(400);
    expect(res.json.issues[0]?.path).toBe(path);
  });

  it("say 404 and 409 of what is not there or cannot be written", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, {
      name: "p",
      type: "chat",
      prompt: [{ role: "user", content: "{{history}}" }],
    });
    expect((await registry.call("GET", at("p", "/dotprompt"))).status).toBe(404);
    expect((await registry.call("GET", at("p", "/dotprompt?version=1"))).status).toBe(409);
    expect((await say(registry, "GET", `${PROMPTS}/p?version=1`)).status).toBe(200);
  });
});
