/**
 * The peer of the metrics answer: DuckDB, exact quantiles over the raw rows in memory.
 * Usage: node quantiles.js <raw.csv> <rounds>. Prints the milliseconds of each round as JSON.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [path, rounds] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run(`CREATE TABLE raw AS SELECT * FROM read_csv('${path}', header = true)`);

const columns = ["latency", "ttft", "tin", "tout", "ttot", "cost"].map(
  (name) =>
    `count(${name}), avg(${name}), sum(${name}), min(${name}), max(${name}), quantile_disc(${name}, [0.5, 0.95, 0.99])`,
);
const query = `SELECT version, ${columns.join(", ")} FROM raw GROUP BY version ORDER BY version`;

const times = [];
for (let round = 0; round <= Number(rounds); round++) {
  const started = performance.now();
  const reader = await connection.runAndReadAll(query);
  reader.getRows();
  // The first round warms up.
  if (round > 0) times.push(performance.now() - started);
}
console.log(JSON.stringify(times));
process.exit(0);
