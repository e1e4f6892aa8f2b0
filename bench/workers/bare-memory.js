// The least that a Worker can do to serve bytes out of its memory.
// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default {
  fetch(_request, env) {
    return new Response(env.BYTES, {
      headers: { "content-type": "application/json; charset=utf-8" },
    });
  },
};
