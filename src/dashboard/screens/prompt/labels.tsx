import { Badge, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { MovedLabel } from "../../../features/prompts/labels/contract.ts";
import { SLOTS } from "../../../lib/split/split.ts";
import { withQuery } from "../../api/client.ts";
import { LabelBadge } from "../../parts/label-badge.tsx";
import { AnchorLink } from "../../parts/links.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { type Deed, MoreMenu } from "../../parts/more-menu.tsx";
import { Age } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import { labelPath } from "./change.ts";
import { type LabelState, type LiveSplit, useLabels, useLastMove, useSplits } from "./data.ts";
import { LabelDialog } from "./label-dialog.tsx";
import { Move } from "./move-dialog.tsx";
import { EndSplitDialog, SplitDialog } from "./split-dialog.tsx";
import { armsOf, splitText } from "./split.ts";

const COLOURS = ["blue", "violet", "teal", "orange", "pink", "cyan"];

function SplitBar({ split }: { split: LiveSplit }) {
  const { id: projectId } = useProject();
  return (
    <Stack gap={4}>
      <Text size="sm">Split: {splitText(split)}</Text>
      <Progress.Root size="sm" aria-hidden>
        {armsOf(split).map(({ version, weight }, place) => (
          <Progress.Section
            key={version}
            value={(weight / SLOTS) * 100}
            color={COLOURS[place % COLOURS.length] ?? "blue"}
          />
        ))}
      </Progress.Root>
      {split.owner !== undefined && (
        <AnchorLink
          size="sm"
          to="/projects/$projectId/rollouts/$rolloutId"
          params={{ projectId, rolloutId: split.owner }}
        >
          by its rollout
        </AnchorLink>
      )}
    </Stack>
  );
}

type LabelProps = { name: string; state: LabelState; split: LiveSplit | undefined };
type Open = LabelProps & { onClose: () => void };

/** Takes the last move back. @param to where the label was before it */
function RollBackDialog({ name, state, split, to, onClose }: Open & { to: number }) {
  const { api } = useProject();
  const { label, version } = state;
  return (
    <LabelDialog
      name={name}
      label={label}
      at={version}
      split={split}
      title={`Roll ${label} back`}
      confirm={`Roll back to v${to}`}
      isDangerous
      act={(terms) => api.send<MovedLabel>("POST", labelPath(name, label, "/rollback"), terms)}
      onClose={onClose}
    >
      <Move label={label} from={version} to={to} isSplit={split !== undefined} />
    </LabelDialog>
  );
}

function RemoveDialog({ name, state, split, onClose }: Open) {
  const { api } = useProject();
  const { label, version } = state;
  return (
    <LabelDialog
      name={name}
      label={label}
      at={version}
      split={split}
      title={`Remove ${label}`}
      confirm={`Remove ${label}`}
      isDangerous
      act={({ reason, force }) =>
        api.send<MovedLabel>(
          "DELETE",
          withQuery(labelPath(name, label), {
            reason: reason ?? undefined,
            expectedVersion: version,
            force,
          }),
        )
      }
      onClose={onClose}
    >
      <Move label={label} from={version} to={null} isSplit={split !== undefined} />
    </LabelDialog>
  );
}

type Asked = "rollback" | "split" | "end" | "remove";

/** What may be done with a label: its last move taken back, its traffic split, itself taken away. */
function LabelDeeds({ name, state, split }: LabelProps) {
  const [asked, setAsked] = useState<Asked>();
  const to = useLastMove(name, state.label).data?.from ?? null;
  const deeds: Deed[] = [
    { name: split ? "Change the split" : "Split the traffic", act: () => setAsked("split") },
    ...(split ? [{ name: "End the split", act: () => setAsked("end") }] : []),
    { name: "Remove the label", act: () => setAsked("remove"), isDangerous: true },
  ];
  const open: Open = { name, state, split, onClose: () => setAsked(undefined) };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {to !== null && (
        <Button
          variant="default"
          size="xs"
          aria-label={`${state.label}: back to v${to}`}
          onClick={() => setAsked("rollback")}
        >
          Back to v{to}
        </Button>
      )}
      <MoreMenu label={`More of ${state.label}`} deeds={deeds} />
      {asked === "rollback" && to !== null && <RollBackDialog {...open} to={to} />}
      {asked === "split" && <SplitDialog {...open} />}
      {asked === "end" && split && <EndSplitDialog {...open} split={split} />}
      {asked === "remove" && <RemoveDialog {...open} />}
    </Group>
  );
}

function LabelRow({ name, state, split }: LabelProps) {
  const { may } = useProject();
  const { label, version, movedAt, protected: isProtected } = state;
  const isOurs = label !== "latest" && may(isProtected ? "admin" : "write");
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <LabelBadge label={label} />
          {isProtected && (
            <Badge
              variant="outline"
              color="gray"
              tt="none"
              c="dimmed"
              title="Only keys with the scope admin move it."
            >
              protected
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>{split ? <SplitBar split={split} /> : `v${version}`}</Table.Td>
      <Table.Td visibleFrom="xs">
        <Text size="sm" c="dimmed">
          <Age at={movedAt} />
        </Text>
      </Table.Td>
      <Table.Td>{isOurs && <LabelDeeds name={name} state={state} split={split} />}</Table.Td>
    </Table.Tr>
  );
}

/** Where each label points, how those that are split are served, and what may be done with them. */
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
              <Table.Th visibleFrom="xs">Moved</Table.Th>
              <Table.Th>
                <span className="visually-hidden">What can be done</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {states.map((state) => (
              <LabelRow
                key={state.label}
                name={name}
                state={state}
                split={splits.find((one) => one.label === state.label)}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Loaded>
  );
}
