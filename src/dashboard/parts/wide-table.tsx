import { Table, type TableProps } from "@mantine/core";
import type { ReactNode } from "react";

/** A column's heading; of numbers it stands at the right, above them. */
export type Column = string | { number: string };

const Heading = ({ column }: { column: Column }) =>
  typeof column === "string" ? (
    <Table.Th>{column}</Table.Th>
  ) : (
    <Table.Th ta="right">{column.number}</Table.Th>
  );

/**
 * A table that scrolls by itself where it is wider than its place, by keyboard too.
 *
 * @param label what it holds
 * @param children its rows
 */
export const WideTable = ({
  label,
  columns,
  isLastPinned = false,
  children,
  ...props
}: Omit<TableProps, "children"> & {
  label: string;
  columns: readonly Column[];
  /** Whether the last column stays in view while the others scroll: what can be done with a row. */
  isLastPinned?: boolean;
  children: ReactNode;
}) => (
  <div
    className={isLastPinned ? "wide-table pinned" : "wide-table"}
    tabIndex={0}
    role="region"
    aria-label={label}
  >
    <Table {...props}>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Heading key={typeof column === "string" ? column : column.number} column={column} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </div>
);
