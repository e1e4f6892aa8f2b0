import { Button, Checkbox, Popover, ScrollArea, Stack, Text } from "@mantine/core";

import type { Column } from "./columns.ts";

/** Which columns the table has, group by group. */
export function ColumnsChoice({
  columns,
  chosen,
  onChange,
  onReset,
}: {
  columns: readonly Column[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
  onReset: () => void;
}) {
  const groups = [...new Set(columns.map(({ group }) => group))];
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    // In the order of the list, whatever was clicked first.
    onChange(columns.filter((column) => next.has(column.id)).map((column) => column.id));
  };
  return (
    <Popover position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button variant="default" size="xs">
          Columns ({chosen.length})
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ScrollArea.Autosize mah={380} type="auto" offsetScrollbars viewportProps={{ tabIndex: 0 }}>
          <Stack gap="sm">
            {groups.map((group) => (
              <Stack gap={4} key={group} role="group" aria-label={group}>
                <Text size="xs" fw={700}>
                  {group}
                </Text>
                {columns
                  .filter((column) => column.group === group)
                  .map((column) => (
                    <Checkbox
                      key={column.id}
                      size="xs"
                      label={column.title}
                      checked={chosen.includes(column.id)}
                      onChange={() => toggle(column.id)}
                    />
                  ))}
              </Stack>
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button mt="sm" variant="subtle" size="xs" onClick={onReset}>
          The usual columns
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
