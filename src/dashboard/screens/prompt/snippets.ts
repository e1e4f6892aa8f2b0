import { placeholdersOf, variablesOf } from "../../../features/prompts/model.ts";
import type { Prompt } from "./data.ts";

/** Which version a program asks for: the one at a label, or one for good. */
export type Chosen = { label: string } | { version: number };

const text = (value: string): string => JSON.stringify(value);

const isIdentifier = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** What is given for a name: a text for a variable, a list of messages for a placeholder. */
type Given = { name: string; value: '"…"' | "[]" };

const given = (names: readonly string[], value: Given["value"]): Given[] =>
  names.map((name) => ({ name, value }));

const pairs = (all: readonly Given[]): string =>
  all.map(({ name, value }) => `${isIdentifier(name) ? name : text(name)}: ${value}`).join(", ");

/** JavaScript takes variables and placeholders as two objects. */
function objects(variables: readonly Given[], placeholders: readonly Given[]): string {
  if (placeholders.length > 0) return `{ ${pairs(variables)} }, { ${pairs(placeholders)} }`;
  return variables.length > 0 ? `{ ${pairs(variables)} }` : "";
}

/** Python takes both by keyword; a dictionary where a name is no word. */
const keywords = (all: readonly Given[]): string =>
  all.every(({ name }) => isIdentifier(name))
    ? all.map(({ name, value }) => `${name}=${value}`).join(", ")
    : `**{${all.map(({ name, value }) => `${text(name)}: ${value}`).join(", ")}}`;

function javascript(name: string, type: string, chosen: Chosen, compile: string): string {
  const which = "label" in chosen ? `label: ${text(chosen.label)}` : `version: ${chosen.version}`;
  const terms = type === "chat" ? `${which}, type: "chat"` : which;
  return `const prompt = await client.prompt.get(${text(name)}, { ${terms} });
const compiled = prompt.compile(${compile});`;
}

function python(name: string, type: string, chosen: Chosen, compile: string): string {
  const which = "label" in chosen ? `label=${text(chosen.label)}` : `version=${chosen.version}`;
  const terms = type === "chat" ? `${which}, type="chat"` : which;
  return `prompt = client.get_prompt(${text(name)}, ${terms})
compiled = prompt.compile(${compile})`;
}

/**
 * Programs that fetch a version, for each SDK that works unmodified.
 *
 * @param origin the deployment's address
 */
export function snippetsOf(
  { name, type, prompt }: Pick<Prompt, "name" | "type" | "prompt">,
  chosen: Chosen,
  origin: string,
): { sdk: string; text: string }[] {
  const variables = given(variablesOf(prompt), '"…"');
  const placeholders = given(placeholdersOf(prompt), "[]");
  const js = javascript(name, type, chosen, objects(variables, placeholders));
  const py = python(name, type, chosen, keywords([...variables, ...placeholders]));
  const query =
    "label" in chosen ? `label=${encodeURIComponent(chosen.label)}` : `version=${chosen.version}`;
  // The shell's own quotes are around it.
  const segment = encodeURIComponent(name).replaceAll("'", "%27");
  const path = `/api/public/v2/prompts/${segment}?${query}`;
  return [
    {
      sdk: "Langfuse JS",
      text: `import { LangfuseClient } from "@langfuse/client";
// LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are read from the environment.
const client = new LangfuseClient({ baseUrl: ${text(origin)} });
${js}`,
    },
    {
      sdk: "Langfuse Python",
      text: `from langfuse import Langfuse
# LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are read from the environment.
client = Langfuse(base_url=${text(origin)})
${py}`,
    },
    {
      sdk: "ABV JS",
      text: `import { ABVClient } from "@abvdev/client";
// ABV_API_KEY is read from the environment.
const client = new ABVClient({ baseUrl: ${text(origin)} });
${js}`,
    },
    {
      sdk: "ABV Python",
      text: `from abvdev import get_client
# Read from the environment: ABV_HOST=${origin} and ABV_API_KEY.
client = get_client()
${py}`,
    },
    { sdk: "HTTP", text: `curl -u "$PUBLIC_KEY:$SECRET_KEY" '${origin}${path}'` },
  ];
}
