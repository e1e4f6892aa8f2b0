import { HumanMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { CallbackHandler } from "@langfuse/langchain";
import { beforeAll, describe, expect, it } from "vitest";

import { counted, listen, mappedInEveryEncoding, only } from "./harness.ts";

beforeAll(() => void listen());

describe("LangChain through the Langfuse callback", () => {
  it("says what its metadata says of the trace and the prompt", async () => {
    const prompt = ChatPromptTemplate.fromMessages([["user", "{question}"]]).withConfig({
      metadata: { langfusePrompt: { name: "greeting", version: 3, isFallback: false } },
    });
    const model = new FakeListChatModel({ responses: ["hello"] });
    await prompt.pipe(model).invoke(
      { question: "hi" },
      {
        callbacks: [new CallbackHandler()],
        metadata: { langfuse_session_id: "s-1", langfuse_user_id: "u-1", langfuse_tags: ["beta"] },
      },
    );
    const mapped = await mappedInEveryEncoding();
    const call = only(mapped, "GENERATION");
    expect(call).toMatchObject({ promptName: "greeting", promptVersion: 3 });
    expect(JSON.stringify([call.input, call.output])).toMatch(/hi.*hello/);
    expect(counted(mapped)).toEqual([call]);
    expect(Object.assign({}, ...mapped.traces)).toMatchObject({
      sessionId: "s-1",
      userId: "u-1",
      tags: ["beta"],
    });
  });

  it("names the model by what LangChain says of the run", async () => {
    const model = new FakeListChatModel({ responses: ["hello"] });
    await model.invoke([new HumanMessage("hi")], {
      callbacks: [new CallbackHandler()],
      metadata: { ls_model_name: "gpt-4o", ls_provider: "openai" },
    });
    const call = only(await mappedInEveryEncoding(), "GENERATION");
    expect(call.model).toBe("gpt-4o");
  });
});
