import { html, raw } from "hono/html";

import type { Endpoint } from "./http.ts";
import { openApi } from "./openapi.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dde3, #33383f); --dim: light-dark(#5a6472, #9aa4b2); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 6rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { margin: 2.5rem 0 .5rem; font-size: 1.2rem; }
p { color: var(--dim); margin: .2rem 0 .6rem; }
nav { display: flex; flex-wrap: wrap; gap: .3rem .9rem; margin: 1rem 0; }
details { border-top: 1px solid var(--line); padding: .45rem 0; }
summary { cursor: pointer; display: flex; gap: .7rem; align-items: baseline; flex-wrap: wrap; }
summary::marker { content: ""; } summary:hover code { text-decoration: underline; }
b { font: 600 .78rem ui-monospace, monospace; width: 4.2rem; }
.GET { color: light-dark(#0a6b3d, #5fce97); } .POST { color: light-dark(#0b57a4, #79b6ff); }
.PUT, .PATCH { color: light-dark(#8a5a00, #e7b75f); } .DELETE { color: light-dark(#a4262c, #ff8f8f); }
code { font: .86rem ui-monospace, monospace; overflow-wrap: anywhere; }
summary span { color: var(--dim); } small { color: var(--dim); }
table { border-collapse: collapse; margin: .5rem 0; } td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top; }
pre { font: .8rem/1.45 ui-monospace, monospace; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: .6rem; }
`;

type Operation = {
  summary: string;
  parameters: {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: Record<string, unknown>;
  }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<
    string,
    { description?: string; content?: Record<string, { schema: unknown }> }
  >;
};

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const typeName = ({ type, enum: values }: Record<string, unknown>): string =>
  Array.isArray(values) ? values.join(" | ") : typeof type === "string" ? type : "any";

function operationBlock(method: string, path: string, access: string, operation: Operation) {
  const body = operation.requestBody?.content["application/json"]?.schema;
  const ok = Object.entries(operation.responses).filter(
    ([status]) => status.startsWith("2") || status === "304",
  );
  return html`<details>
    <summary>
      <b class="${method}">${method}</b><code>${path}</code><span>${operation.summary}</span>
    </summary>
    <small>access: ${access}</small>
    ${
      operation.parameters.length > 0
        ? html`<table>
            ${operation.parameters.map(
              (p) =>
                html`<tr>
                  <td><code>${p.name}</code></td>
                  <td>${p.in}${p.required ? "" : ", optional"}</td>
                  <td>${typeName(p.schema)}</td>
                  <td>${p.description ?? ""}</td>
                </tr>`,
            )}
          </table>`
        : ""
    }
    ${
      body
        ? html`<small>body</small>
            <pre>${pretty(body)}</pre>`
        : ""
    }
    ${ok.map(([status, answer]) => {
      const schema = answer.content?.["application/json"]?.schema;
      return html`<small>${status}: ${answer.description ?? ""}</small
        >${schema ? html`<pre>${pretty(schema)}</pre>` : ""}`;
    })}
  </details>`;
}

/** The API reference as one self-contained page, drawn from the same document as the OpenAPI answer. */
export function referencePage(endpoints: readonly Endpoint[]) {
  const { paths } = openApi(endpoints, "") as { paths: Record<string, Record<string, Operation>> };
  const tags = [...new Set(endpoints.map(({ tag }) => tag))].sort();
  const shownPath = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
  const sections = tags.map((tag) => {
    const blocks = endpoints
      .filter((route) => route.tag === tag)
      .map(({ method, path, access }) => {
        const operation = paths[shownPath(path)]?.[method.toLowerCase()];
        return operation ? operationBlock(method, shownPath(path), access, operation) : "";
      });
    return html`<h2 id="${tag}">${tag}</h2>
      ${blocks}`;
  });
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Promptside API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>Promptside API</h1>
        <p>
          Basic authentication with public and secret key, or Bearer with the ABV key. Errors are
          RFC 9457 problem documents with the field that was wrong. The same as a document:
          <a href="/api/public/openapi.json">openapi.json</a>.
        </p>
        <nav>${tags.map((tag) => html`<a href="#${tag}">${tag}</a>`)}</nav>
        ${sections}
      </body>
    </html>`;
}
