import { ActionIcon, Box, Group, Menu, Modal, Paper, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Icon } from "../parts/icon.tsx";
import { csvName, type CsvTable } from "./csv.ts";
import { downloadCsv } from "./download.ts";

/** Rows that are shown at once; a file has all. */
const SHOWN_ROWS = 500;

function Rows({ tableOf }: { tableOf: () => CsvTable }) {
  const table = tableOf();
  const left = table.rows.length - SHOWN_ROWS;
  return (
    <Box className="wide-table" tabIndex={0} role="region" aria-label="Numbers of the chart">
      <Table striped fz="xs">
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.slice(0, SHOWN_ROWS).map((row, place) => (
            <Table.Tr key={place}>
              {row.map((cell, column) => (
                <Table.Td key={table.columns[column]}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {left > 0 && (
        <Text size="sm" c="dimmed">
          {left} more rows are in the CSV.
        </Text>
      )}
    </Box>
  );
}

/** The same numbers in other forms: a file, and a table for whoever cannot see or trust a picture. */
function Forms({
  title,
  table,
  extra,
}: {
  title: string;
  table: () => CsvTable;
  extra?: ReactNode;
}) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More of ${title}`}>
            <Icon name="chevron" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => downloadCsv(csvName(title), table())}>Download CSV</Menu.Item>
          <Menu.Item onClick={open}>Show as a table</Menu.Item>
          {extra}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={opened}
        onClose={close}
        title={title}
        size="xl"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Rows tableOf={table} />
      </Modal>
    </>
  );
}

/** What is around every chart: its title, what exactly it is of, and its numbers to take away. */
export const ChartFrame = ({
  title,
  facts,
  table,
  controls,
  menu,
  children,
}: {
  title: string;
  /** n, unit, window, steps and time zone. */
  facts: readonly string[];
  /** Made when somebody wants it; absent while it loads. */
  table?: (() => CsvTable) | undefined;
  controls?: ReactNode;
  /** More items of the menu. */
  menu?: ReactNode;
  children: ReactNode;
}) => (
  <Paper withBorder p="md" component="section" aria-label={title} h="100%">
    <Group justify="space-between" align="flex-start" gap="xs">
      <Box flex="1 1 220px">
        <Title order={3}>{title}</Title>
        <Text size="xs" c="dimmed" mb="xs">
          {facts.join(" · ")}
        </Text>
      </Box>
      <Group gap={4} wrap="nowrap">
        {controls}
        {table && <Forms title={title} table={table} extra={menu} />}
      </Group>
    </Group>
    {children}
  </Paper>
);
