export type Ready = {
  url: string;
  projectId: string;
  publicKey: string;
  secretKey: string;
  abvKey: string;
  adminToken: string;
};

/** What a person sees when the instance is ready: where it is, the keys, and two programs to paste. */
export const greeting = ({ url, publicKey, secretKey, abvKey, adminToken }: Ready): string => `
Promptside is ready.

  Dashboard    ${url}    sign in with the secret key
  Base URL     ${url}    (its API: ${url}/docs)
  Public key   ${publicKey}
  Secret key   ${secretKey}
  ABV key      ${abvKey}
  Admin token  ${adminToken}

JavaScript (npm install @langfuse/client):

  import { LangfuseClient } from "@langfuse/client";
  const client = new LangfuseClient({ baseUrl: "${url}", publicKey: "${publicKey}", secretKey: "${secretKey}" });
  await client.prompt.create({ name: "hello", prompt: "Hello {{name}}!", labels: ["production"] });
  const prompt = await client.prompt.get("hello");
  console.log(prompt.compile({ name: "world" }));

Python (pip install langfuse):

  from langfuse import Langfuse
  client = Langfuse(base_url="${url}", public_key="${publicKey}", secret_key="${secretKey}")
  client.create_prompt(name="hello", prompt="Hello {{name}}!", labels=["production"])
  prompt = client.get_prompt("hello")
  print(prompt.compile(name="world"))

Ctrl-C stops it.
`;
