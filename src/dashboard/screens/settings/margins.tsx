import { Button, Group, NumberInput, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Margins } from "../../../features/comparisons/margins/contract.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useProject } from "../../shell/project.ts";

type Margin = Margins["data"][number];

const PATH = "/api/public/margins";

const MEANS: Record<Margin["scale"], string> = {
  log: "a ratio, such as 1.1",
  events: "a ratio, such as 1.5",
  relative: "a share of the control's mean, such as 0.1",
  raw: "in the metric's own unit",
};

function Row({
  margin,
  changed,
  onChange,
}: {
  margin: Margin;
  changed: number | undefined;
  onChange: (value: number) => void;
}) {
  const { may } = useProject();
  return (
    <Table.Tr>
      <Table.Td>
        {margin.metric}
        <Text size="xs" c="dimmed">
          {margin.better} is better; {MEANS[margin.scale]}
        </Text>
      </Table.Td>
      <Table.Td>
        <NumberInput
          aria-label={`Margin of ${margin.metric}`}
          value={changed ?? margin.margin}
          min={0}
          step={0.05}
          decimalScale={4}
          disabled={!may("admin")}
          w={120}
          onChange={(value) => onChange(Number(value))}
        />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {margin.setBy}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function MarginsForm({ margins }: { margins: readonly Margin[] }) {
  const { id, api, may } = useProject();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Record<string, number>>({});
  // What the project has set already must be said again: the list is replaced as a whole.
  const own = Object.fromEntries(
    margins.flatMap(({ metric, margin, setBy }) => (setBy === "default" ? [] : [[metric, margin]])),
  );
  const saving = useMutation({
    mutationFn: (values: Record<string, number>) =>
      api.send<Margins>("PUT", PATH, { margins: values }),
    onSuccess: (saved) => {
      queries.setQueryData([id, "margins"], saved);
      setChanges({});
      notifications.show({ message: "The margins are saved." });
    },
  });
  return (
    <Stack>
      <Table.ScrollContainer minWidth={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Metric</Table.Th>
              <Table.Th>Margin</Table.Th>
              <Table.Th>Set by</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {margins.map((margin) => (
              <Row
                key={margin.metric}
                margin={margin}
                changed={changes[margin.metric]}
                onChange={(value) =>
                  setChanges((before) => ({ ...before, [margin.metric]: value }))
                }
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {saving.error && <ErrorPanel error={saving.error} title="The margins were not saved" />}
      {may("admin") && (
        <Group>
          <Button
            loading={saving.isPending}
            disabled={Object.keys(changes).length === 0}
            onClick={() => saving.mutate({ ...own, ...changes })}
          >
            Save margins
          </Button>
          <Button
            variant="default"
            disabled={Object.keys(own).length === 0}
            onClick={() => saving.mutate({})}
          >
            Back to the defaults
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** The largest differences that do not matter: what every verdict is held against. */
export function MarginsPanel() {
  const { id, api } = useProject();
  const margins = useQuery({
    queryKey: [id, "margins"],
    queryFn: ({ signal }) => api.get<Margins>(PATH, {}, signal),
  });
  return (
    <Stack>
      <Title order={2}>Margins</Title>
      <Text c="dimmed" maw={640}>
        The largest differences that do not matter to you. Comparisons and rollouts judge against
        them; a prompt may have its own.
      </Text>
      <Loaded query={margins}>{({ data }) => <MarginsForm margins={data} />}</Loaded>
    </Stack>
  );
}
