import { beforeEach, describe, it } from "vitest";

import { forgetAll } from "../../../src/features/delivery/store.ts";
import { armOf, slotOf } from "../../../src/lib/split/split.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";

const PATH = "/beta/litellm_prompt_management";
const V2 = "/api/public/v2/prompts";

beforeEach(forgetAll);

type Template = {
  prompt_id: string;
  prompt_template: { role: string; content: string }[];
  prompt_template_model: string | null;
  prompt_template_optional_params: Record<string, unknown> | null;
};

/** What LiteLLM does with variables, in its order (generic_prompt_manager.py, `_apply_variables`). */
const applied = (content: string, variables: Record<string, string>) => {
  let text = content;
  for (const [key, value] of Object.entries(variables)) {
    text = text.replaceAll(`{${key}}`, value).replaceAll(`{{${key}}}`, value);
  }
  return text;
};

async function project() {
  const { bearer: authorization, ...keys } = await freshProject();
  const create = (body: object) => call("POST", V2, { authorization, body });
  await create({
    name: "team/chat",
    type: "chat",
    prompt: [
      { role: "system", content: "You know {{ domain }} and {{years}} years of it." },
      { type: "placeholder", name: "history" },
      { role: "user", content: 'Answer {"as": "JSON"} {{}}' },
    ],
    labels: ["production"],
    config: { model: "gpt-4o", temperature: 0.7, max_tokens: 500 },
  });
  await create({ name: "team/chat", type: "chat", prompt: [{ role: "user", content: "two" }] });
  await create({ name: "text", prompt: "Hello {{name}}", labels: ["production"] });
  const get = async (query: string, headers = {}) => {
    const answer = await call("GET", `${PATH}?${query}`, { authorization, headers });
    return { ...answer, json: answer.json as Template };
  };
  return { authorization, get, ...keys };
}

describe("GET /beta/litellm_prompt_management", () => {
  it("answers in LiteLLM's shape: messages, model, and the rest of the config", async ({
    expect,
  }) => {
    const { get } = await project();
    const { status, json } = await get("prompt_id=team%2Fchat");
    expect(status).toBe(200);
    expect(json).toEqual({
      prompt_id: "team/chat",
      prompt_template: [
        { role: "system", content: "You know {domain} and {years} years of it." },
        { role: "user", content: 'Answer {"as": "JSON"} {{}}' },
      ],
      prompt_template_model: "gpt-4o",
      prompt_template_optional_params: { temperature: 0.7, max_tokens: 500 },
    });
  });

  it("has variables where LiteLLM fills them in without a brace left over", async ({ expect }) => {
    const { get } = await project();
    const { json } = await get("prompt_id=text");
    expect(json).toEqual({
      prompt_id: "text",
      prompt_template: [{ role: "system", content: "Hello {name}" }],
      prompt_template_model: null,
      prompt_template_optional_params: null,
    });
    expect(applied(json.prompt_template[0]?.content ?? "", { name: "Ann" })).toBe("Hello Ann");
    expect(applied("Hello {{name}}", { name: "Ann" })).toBe("Hello {Ann}");
  });

  it("takes a label or a version, and names what is not there", async ({ expect }) => {
    const { get } = await project();
    for (const query of ["label=latest", "version=2"]) {
      const { json } = await get(`prompt_id=team%2Fchat&${query}`);
      expect(json.prompt_template).toEqual([{ role: "user", content: "two" }]);
    }
    const gone = await get("prompt_id=nobody");
    expect(gone.status).toBe(404);
    expect(gone.json).toMatchObject({
      message: "Prompt not found: 'nobody' with label 'production'",
    });
    expect((await get("prompt_id=text&version=9")).status).toBe(404);
    expect((await get("")).status).toBe(400);
    expect((await get("prompt_id=text&version=1&label=x")).status).toBe(400);
  });

  it("is for keys that may read", async ({ expect }) => {
    const { publicBearer, basic } = await project();
    expect((await call("GET", `${PATH}?prompt_id=text`)).status).toBe(401);
    const publicOnly = await call("GET", `${PATH}?prompt_id=text`, { authorization: publicBearer });
    expect(publicOnly.status).toBe(403);
    expect((await call("GET", `${PATH}?prompt_id=text`, { authorization: basic })).status).toBe(
      200,
    );
    const other = await freshProject();
    const foreign = await call("GET", `${PATH}?prompt_id=text`, { authorization: other.bearer });
    expect(foreign.status).toBe(404);
  });

  it("draws an arm only for a targeting key; LiteLLM would keep a random one for good", async ({
    expect,
  }) => {
    const { get, authorization } = await project();
    const put = await call("PUT", "/api/public/prompts/team%2Fchat/labels/production/split", {
      authorization,
      body: {
        arms: [
          { version: 1, weight: 1 },
          { version: 2, weight: 9_999 },
        ],
      },
    });
    const { id, ranges } = put.json as {
      id: string;
      ranges: { version: number; from: number; to: number }[];
    };
    for (let i = 0; i < 10; i++) {
      const { json, headers } = await get("prompt_id=team%2Fchat");
      expect(json.prompt_template).toHaveLength(2);
      expect(headers.get("x-promptside-arm")).toBe("1");
      expect(headers.get("cache-control")).toBe("private, no-store");
    }
    const arm = armOf(
      ranges.map(({ version, from, to }) => ({ arm: version, from, to })),
      await slotOf(id, "user-1"),
    );
    const drawn = await get("prompt_id=team%2Fchat&targetingKey=user-1");
    expect(drawn.headers.get("x-promptside-arm")).toBe(String(arm));
    expect(drawn.json.prompt_template).toHaveLength(arm === 1 ? 2 : 1);
    const byHeader = await get("prompt_id=team%2Fchat", { "x-promptside-key": "user-1" });
    expect(byHeader.json).toEqual(drawn.json);
  });
});
