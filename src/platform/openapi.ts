import { z } from "zod";

import type { Endpoint } from "./http.ts";

type JsonSchema = Record<string, unknown>;

/** A schema's JSON Schema; what a schema cannot say (transforms) is shown as its input. */
const schemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // Every integer is one that JavaScript can hold, and a format says what its pattern repeats.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return json;
};

/** `/a/:name{.+}/b` -> `/a/{name}/b` */
const pathOf = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");

function parametersOf({ path, params, query }: Endpoint): JsonSchema[] {
  const inPath = params ? schemaOf(params) : undefined;
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
  const properties = (schema: JsonSchema | undefined): Record<string, JsonSchema> =>
    (schema?.["properties"] as Record<string, JsonSchema> | undefined) ?? {};
  const queryJson = query ? schemaOf(query) : undefined;
  const required = new Set((queryJson?.["required"] as string[] | undefined) ?? []);
  return [
    ...names.map((name) => ({
      name,
      in: "path",
      required: true,
      schema: properties(inPath)[name] ?? { type: "string" },
    })),
    ...Object.entries(properties(queryJson)).map(([name, schema]) => ({
      name,
      in: "query",
      required: required.has(name),
      ...(typeof schema["description"] === "string" ? { description: schema["description"] } : {}),
      schema,
    })),
  ];
}

type MediaTypes = Record<string, { schema: JsonSchema }>;

const mediaTypesOf = (takes: Record<string, z.ZodType | string>): MediaTypes =>
  Object.fromEntries(
    Object.entries(takes).map(([type, body]) => [
      type,
      { schema: typeof body === "string" ? { description: body } : schemaOf(body) },
    ]),
  );

function bodyOf({ body, emptyBody, takes }: Endpoint): JsonSchema {
  const content = body ? { "application/json": body } : takes;
  if (!content) return {};
  return {
    requestBody: { required: emptyBody === undefined, content: mediaTypesOf(content) },
  };
}

const PROBLEM = {
  type: "object",
  required: ["title", "status", "detail", "requestId", "message", "error"],
  properties: {
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    requestId: { type: "string" },
    issues: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    message: { type: "string" },
    error: { type: "string" },
  },
};

const PROBLEM_CONTENT = { "application/problem+json": { schema: PROBLEM } };

/** From this status on an answer is a problem, whatever it is described by. */
const FIRST_PROBLEM = 400;

function answersOf({ answers, access }: Endpoint): Record<string, JsonSchema> {
  const documented: Record<string, JsonSchema> = {};
  for (const [status, answer] of Object.entries(answers)) {
    const content = Number(status) >= FIRST_PROBLEM ? { content: PROBLEM_CONTENT } : {};
    documented[status] =
      typeof answer === "string"
        ? { description: answer, ...content }
        : { description: "OK", content: { "application/json": { schema: schemaOf(answer) } } };
  }
  const problem = { $ref: "#/components/responses/Problem" };
  if (access !== "open") Object.assign(documented, { 401: problem, 403: problem });
  documented["default"] = problem;
  return documented;
}

const SECURITY: Record<Endpoint["access"], JsonSchema[]> = {
  open: [],
  deployment: [{ deployment: [] }],
  scores: [{ basic: [] }, { bearer: [] }],
  read: [{ basic: [] }, { bearer: [] }],
  ingest: [{ basic: [] }, { bearer: [] }],
  write: [{ basic: [] }, { bearer: [] }],
  admin: [{ basic: [] }, { bearer: [] }],
};

/** The OpenAPI 3.1 document of the endpoints, made from the schemas that check the requests. */
export function openApi(endpoints: readonly Endpoint[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of endpoints) {
    const path = pathOf(route.path);
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: {
        summary: route.summary,
        description: `Access: ${route.access}.`,
        tags: [route.tag],
        operationId: `${route.method.toLowerCase()}_${path.replaceAll(/[^A-Za-z0-9]+/g, "_")}`,
        parameters: parametersOf(route),
        ...bodyOf(route),
        responses: answersOf(route),
        security: SECURITY[route.access],
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Promptside", version, license: { name: "MIT", identifier: "MIT" } },
    paths,
    components: {
      securitySchemes: {
        basic: { type: "http", scheme: "basic", description: "Public key and secret key." },
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "ABV key, or the public key for scores.",
        },
        deployment: {
          type: "http",
          scheme: "bearer",
          description: "ADMIN_TOKEN of the deployment.",
        },
      },
      responses: {
        Problem: {
          description: "What was wrong",
          content: PROBLEM_CONTENT,
        },
      },
    },
  };
}
