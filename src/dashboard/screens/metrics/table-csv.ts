import type { VersionMetrics } from "../../../features/rollups/contract.ts";
import type { CsvTable } from "../../charts/csv.ts";
import type { Column } from "./columns.ts";

/** The table as it is on screen, exact, with the n of each number beside it. */
export const metricsTable = (
  prompt: string,
  lines: readonly VersionMetrics[],
  columns: readonly Column[],
): CsvTable => ({
  columns: ["prompt", "version", "labels", ...columns.flatMap(({ id }) => [id, `n of ${id}`])],
  rows: lines.map((line) => [
    prompt,
    line.version,
    line.labels.join(" "),
    ...columns.flatMap((column) => {
      const { value, n } = column.of(line);
      const isInstant = column.unit === "instant" && value !== null;
      return [isInstant ? new Date(value).toISOString() : value, n];
    }),
  ]),
});
