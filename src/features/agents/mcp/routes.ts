import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import {
  CallToolRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListToolsRequestSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import type {
  JsonSchemaValidator,
  jsonSchemaValidator,
} from "@modelcontextprotocol/sdk/validation/types.js";
import { z } from "zod";

import { readJson } from "../../../platform/body.ts";
import { Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { VERSION } from "../../../platform/version.ts";
import { type Draw, drawOf } from "../../delivery/index.ts";
import { DEFAULT_LABEL } from "../../prompts/model.ts";
import { McpQuery } from "../contract.ts";
import { getPrompt, listPromptsAt, TOOLS } from "./actions.ts";

type Asked = { label: string; draw: Draw };

/** The SDK's own validator compiles schemas with eval, which Workers refuse; tools check their input themselves. */
const NO_VALIDATION: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({ valid: true, data: input as T, errorMessage: undefined }),
};

/** A refusal in MCP's words. Anything else is a bug, and is thrown on. */
function mcpError(error: unknown): McpError {
  if (!(error instanceof Refusal)) throw error;
  const code = error.code === "unavailable" ? ErrorCode.InternalError : ErrorCode.InvalidParams;
  return new McpError(code, error.message);
}

function offerPrompts(server: Server, scope: Scope, asked: Asked): void {
  server.setRequestHandler(ListPromptsRequestSchema, async ({ params }) => {
    const { prompts, next } = await listPromptsAt(scope, asked.label, params?.cursor);
    return { prompts, ...(next === undefined ? {} : { nextCursor: next }) };
  });
  server.setRequestHandler(GetPromptRequestSchema, async ({ params }) => {
    try {
      const said = { name: params.name, given: params.arguments ?? {} };
      const { description, messages, version, arm } = await getPrompt(scope, said, asked);
      return {
        description,
        // MCP knows two roles; whoever is no assistant speaks as the user.
        messages: messages.map(({ role, content }) => ({
          role: role === "assistant" ? ("assistant" as const) : ("user" as const),
          content: { type: "text" as const, text: content },
        })),
        _meta: {
          "promptside/version": version,
          ...(arm === undefined ? {} : { "promptside/arm": arm }),
        },
      };
    } catch (error) {
      throw mcpError(error);
    }
  });
}

function offerTools(server: Server, scope: Scope): void {
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map(({ name, description, input, writes }) => ({
      name,
      description,
      inputSchema: { ...z.toJSONSchema(input, { io: "input" }), type: "object" as const },
      annotations: { readOnlyHint: !writes, destructiveHint: false, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const found = TOOLS.find(({ name }) => name === params.name);
    if (!found) throw new McpError(ErrorCode.InvalidParams, `there is no tool ${params.name}`);
    try {
      const result = await found.call(scope, params.arguments ?? {});
      const structuredContent = result as Record<string, unknown>;
      return { content: [{ type: "text", text: JSON.stringify(result) }], structuredContent };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { content: [{ type: "text", text: error.message }], isError: true };
    }
  });
}

/** A server for one request: nothing is kept between them. */
function serverOf(scope: Scope, asked: Asked): Server {
  const server = new Server(
    { name: "promptside", version: VERSION },
    { capabilities: { prompts: {}, tools: {} }, jsonSchemaValidator: NO_VALIDATION },
  );
  offerPrompts(server, scope, asked);
  offerTools(server, scope);
  return server;
}

export const mcpEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/mcp",
    access: "read",
    tag: "Gateways",
    summary:
      "Model Context Protocol: prompts with arguments, and tools to release and measure them",
    query: McpQuery,
    answers: {
      200: "a JSON-RPC answer (streamable HTTP, stateless)",
      202: "a notification was taken",
    },
    handle: async (scope, { query }, c) => {
      const parsedBody = await readJson(c.req.raw);
      const asked = { label: query.label ?? DEFAULT_LABEL, draw: drawOf(c, query, "control") };
      const server = serverOf(scope, asked);
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      await server.connect(transport);
      return transport.handleRequest(c.req.raw, { parsedBody });
    },
  }),
];
