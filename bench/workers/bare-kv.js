// The least that a Worker can do to serve a document out of KV: one read, no key check, no routing.
// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default {
  async fetch(_request, env) {
    const { value } = await env.PROMPTS.getWithMetadata(env.DOCUMENT, {
      type: "arrayBuffer",
      cacheTtl: 30,
    });
    return new Response(value, { headers: { "content-type": "application/json; charset=utf-8" } });
  },
};
