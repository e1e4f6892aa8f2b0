import { Badge, Group, Progress, Stack, Table, Text, Title } from "@mantine/core";

import { percent } from "../../format/number.ts";
import { LabelBadge } from "../../parts/label-badge.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Age } from "../../parts/shown.tsx";
import { type Deployment, type SplitTable, useDeployments, useLabels, useSplits } from "./data.ts";

const COLOURS = ["blue", "violet", "teal", "orange", "pink", "cyan"];

type Arm = { version: number; slots: number };

/** Slots of each version, the control first. */
function armsOf({ version: control, ranges }: SplitTable): Arm[] {
  const slots = new Map<number, number>();
  for (const { version, from, to } of ranges) {
    slots.set(version, (slots.get(version) ?? 0) + to - from);
  }
  return [...slots]
    .map(([version, count]) => ({ version, slots: count }))
    .sort((a, b) => Number(b.version === control) - Number(a.version === control));
}

function SplitBar({ split }: { split: SplitTable }) {
  const arms = armsOf(split);
  const all = arms.reduce((sum, { slots }) => sum + slots, 0) || 1;
  const says = arms.map(({ version, slots }) => `v${version} ${percent(slots / all).text}`);
  return (
    <Stack gap={4}>
      <Text size="sm">Split: {says.join(", ")}</Text>
      <Progress.Root size="sm" aria-hidden>
        {arms.map(({ version, slots }, place) => (
          <Progress.Section
            key={version}
            value={(slots / all) * 100}
            color={COLOURS[place % COLOURS.length] ?? "blue"}
          />
        ))}
      </Progress.Root>
    </Stack>
  );
}

/** Where each label points, and how those that are split are served. */
export function Labels({ name }: { name: string }) {
  const labels = useLabels(name);
  const splits = useSplits(name).data ?? [];
  return (
    <Loaded query={labels}>
      {(states) => (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              <Table.Th>Serves</Table.Th>
              <Table.Th ta="right">Moved</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {states.map(({ label, version, movedAt, protected: isProtected }) => {
              const split = splits.find((one) => one.label === label);
              return (
                <Table.Tr key={label}>
                  <Table.Td>
                    <Group gap={6}>
                      <LabelBadge label={label} />
                      {isProtected && (
                        <Badge variant="outline" color="gray" tt="none" c="dimmed">
                          protected
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td>{split ? <SplitBar split={split} /> : `v${version}`}</Table.Td>
                  <Table.Td ta="right">
                    <Text size="sm" c="dimmed">
                      <Age at={movedAt} />
                    </Text>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
    </Loaded>
  );
}

const place = (version: number | null): string => (version === null ? "nowhere" : `v${version}`);

const said = ({ label, from, to, kind }: Deployment): string => {
  if (kind === "split") return `the split of ${label} changed`;
  if (kind === "dependency") return `${label}: what it refers to moved`;
  return `${label}: ${place(from)} → ${place(to)}`;
};

/** The ledger of this prompt's labels. */
export function Deployments({ name }: { name: string }) {
  return (
    <Stack gap="xs">
      <Title order={2}>Deployments</Title>
      <Loaded query={useDeployments(name)}>
        {(deployments) =>
          deployments.length === 0 ? (
            <Text c="dimmed">No label has moved yet.</Text>
          ) : (
            <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }}>
              {deployments.map((deployment) => (
                <li key={deployment.id}>
                  <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
                    <Text size="sm" fw={500}>
                      {said(deployment)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      <Age at={deployment.at} />
                    </Text>
                  </Group>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {deployment.reason ?? "no reason given"} · <ShortId id={deployment.actor.id} />
                  </Text>
                </li>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}
