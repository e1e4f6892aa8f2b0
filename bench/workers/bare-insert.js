// The least that a Worker can do to make rows readable: one statement a table, in one batch.
// The body is one line of JSON per table, a list of rows; TABLES names the tables and their columns.
const insertSql = ({ table, columns }) =>
  `INSERT INTO ${table} (${columns.join(", ")})
   SELECT ${columns.map((_, i) => `value ->> ${i}`).join(", ")} FROM json_each(?1)`;

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default {
  async fetch(request, env) {
    const lines = (await request.text()).split("\n");
    await env.EVENTS_0.batch(
      env.TABLES.map((table, i) => env.EVENTS_0.prepare(insertSql(table)).bind(lines[i])),
    );
    return new Response("{}", { headers: { "content-type": "application/json; charset=utf-8" } });
  },
};
