import { Anchor, Badge, Box, Group, Table, Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { VersionMetrics } from "../../../features/rollups/contract.ts";
import { shownIn } from "../../charts/units.ts";
import { count } from "../../format/number.ts";
import { dayAndMinute, exactInstant } from "../../format/time.ts";
import { useProject, useTimeZone } from "../../shell/project.ts";
import type { Cell, Column, Sort } from "./columns.ts";
import { sortLines } from "./columns.ts";

function intervalText({ unit }: Column, interval: Cell["interval"]): string {
  if (!interval || unit === "instant") return "";
  if (interval.needs !== null) return `, an interval needs n ≥ ${interval.needs}`;
  const [low, high] = [interval.low, interval.high].map((end) =>
    end === null ? "no bound" : shownIn(unit, end).text,
  );
  return `, 95 % interval ${low} to ${high}`;
}

/** What a cell says: the number for people, the exact one, and of how many values it is. */
function textsOf(column: Column, { value, n, interval }: Cell, timeZone: string) {
  const shown =
    column.unit === "instant"
      ? value === null
        ? shownIn("score", null)
        : { text: dayAndMinute(value, timeZone), exact: exactInstant(value, timeZone) }
      : shownIn(column.unit, value);
  const size = n === null ? "" : `, n = ${count(n).exact}`;
  return { text: shown.text, title: `${shown.exact}${size}${intervalText(column, interval)}` };
}

function NumberCell({
  line,
  column,
  prompt,
}: {
  line: VersionMetrics;
  column: Column;
  prompt: string;
}) {
  const { id } = useProject();
  const cell = column.of(line);
  const { text, title } = textsOf(column, cell, useTimeZone());
  const isOwnSize = column.id === "count" || column.unit === "instant";
  return (
    <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
      {cell.value === null ? (
        <Text span size="sm" c="dimmed" title={title}>
          {text}
        </Text>
      ) : (
        <Anchor
          size="sm"
          c="var(--mantine-color-text)"
          title={`${title}; the generations behind it`}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/projects/$projectId/generations"
              params={{ projectId: id }}
              search={{ promptName: prompt, promptVersion: line.version, ...column.behind }}
            />
          )}
        >
          {text}
        </Anchor>
      )}
      {!isOwnSize && cell.n !== null && (
        <Text size="xs" c="dimmed">
          n {count(cell.n).text}
        </Text>
      )}
    </Table.Td>
  );
}

/** Which way the numbers go downwards: to greater ones, or to smaller. */
const Direction = ({ isDown }: { isDown: boolean }) => (
  <svg width={10} height={8} viewBox="0 0 10 8" aria-hidden style={{ marginLeft: 4 }}>
    <path d={isDown ? "M0 0h10L5 8z" : "M0 8h10L5 0z"} fill="currentColor" />
  </svg>
);

function Head({
  id,
  title,
  sort,
  onSort,
  align,
}: {
  id: string;
  title: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  align: "left" | "right";
}) {
  const direction = sort.id !== id ? "none" : sort.isDown ? "descending" : "ascending";
  return (
    <Table.Th ta={align} aria-sort={direction} style={{ whiteSpace: "nowrap" }}>
      <UnstyledButton
        fz="sm"
        fw={700}
        onClick={() => onSort({ id, isDown: direction !== "descending" })}
      >
        {title}
        {direction !== "none" && <Direction isDown={sort.isDown} />}
      </UnstyledButton>
    </Table.Th>
  );
}

/** Neighbouring columns of one group, and how many they are. */
function groupsOf(columns: readonly Column[]): { group: string; width: number }[] {
  const groups: { group: string; width: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.group === group) last.width += 1;
    else groups.push({ group, width: 1 });
  }
  return groups;
}

/** Versions with the numbers that were chosen; each number leads to its generations. */
export function MetricsTable({
  prompt,
  lines,
  columns,
  sort,
  onSort,
}: {
  prompt: string;
  lines: readonly VersionMetrics[];
  columns: readonly Column[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}) {
  const { id } = useProject();
  return (
    <Box className="wide-table" tabIndex={0} role="region" aria-label="Metrics by version">
      <Table highlightOnHover verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            {groupsOf(columns).map(({ group, width }, place) => (
              <Table.Th
                key={`${group} ${place}`}
                colSpan={width}
                scope="colgroup"
                ta="center"
                c="dimmed"
                fz="xs"
              >
                {group}
              </Table.Th>
            ))}
          </Table.Tr>
          <Table.Tr>
            <Head id="version" title="Version" sort={sort} onSort={onSort} align="left" />
            {columns.map((column) => (
              <Head
                key={column.id}
                id={column.id}
                title={column.title}
                sort={sort}
                onSort={onSort}
                align="right"
              />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sortLines(lines, columns, sort).map((line) => (
            <Table.Tr key={line.version}>
              <Table.Th scope="row">
                <Group gap={6} wrap="nowrap" w="max-content">
                  <Anchor
                    renderRoot={(props) => (
                      <Link
                        {...props}
                        to="/projects/$projectId/prompts/$name"
                        params={{ projectId: id, name: prompt }}
                        search={{ version: line.version }}
                      />
                    )}
                  >
                    v{line.version}
                  </Anchor>
                  {line.labels.map((label) => (
                    <Badge
                      key={label}
                      variant="default"
                      tt="none"
                      size="sm"
                      style={{ flexShrink: 0 }}
                    >
                      {label}
                    </Badge>
                  ))}
                </Group>
              </Table.Th>
              {columns.map((column) => (
                <NumberCell key={column.id} line={line} column={column} prompt={prompt} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}
