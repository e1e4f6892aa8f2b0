import { Stack, Table, Text, Title } from "@mantine/core";

import type { Rollout } from "../../../features/rollouts/contract.ts";
import { Instant } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";

type Event = Rollout["events"][number];

const whatOf = ({ event, stage, share }: Event): string => {
  const words = event.replaceAll("_", " ");
  if (event !== "stage_started" || stage === null) return words;
  return `stage ${stage + 1} started${share === null ? "" : `, ${share} %`}`;
};

/** What happened, the newest first. */
export const History = ({ rollout }: { rollout: Rollout }) => (
  <Stack gap="sm" component="section" aria-label="Decisions">
    <Title order={2}>Decisions</Title>
    <WideTable label="What was decided" miw={560} columns={["When", "What", "Why", "Who"]}>
      {rollout.events.toReversed().map((event, place) => (
        <Table.Tr key={`${event.at} ${place}`}>
          <Table.Td>
            <Instant at={event.at} />
          </Table.Td>
          <Table.Td>{whatOf(event)}</Table.Td>
          <Table.Td>
            <Text size="sm">{event.reason ?? "–"}</Text>
          </Table.Td>
          <Table.Td>{event.actor.kind === "system" ? "Promptside" : event.actor.id}</Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  </Stack>
);
