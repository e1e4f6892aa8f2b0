import { Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { ScoreConfigList } from "../../../features/scores/configs/contract.ts";
import type { Answer, Api } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { NewButton } from "../../parts/list-head.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { ScoreConfigDialog, useConfigs } from "./score-config-dialog.tsx";
import { judgementText, type ScoreConfig, valuesText } from "./score-config.ts";

const LIMIT = 100;

/** All of them: a project has two pages at most. */
async function readConfigs(api: Api, signal: AbortSignal): Promise<ScoreConfig[]> {
  const all: ScoreConfig[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const { data, meta } = await api.get<Answer<typeof ScoreConfigList>>(
      "/api/public/score-configs",
      { page, limit: LIMIT },
      signal,
    );
    all.push(...data);
    pages = meta.totalPages;
  }
  return all.toSorted((a, b) => Number(a.isArchived) - Number(b.isArchived));
}

function Archive({ config, onClose }: { config: ScoreConfig; onClose: () => void }) {
  const save = useConfigs();
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Archive ${config.name}`}
      confirm="Archive"
      label={null}
      onConfirm={() => save(config, { isArchived: true })}
    >
      <Text size="sm">
        No new scores are taken under it: those that name it are refused. What was scored before
        stays, and it can be brought back.
      </Text>
    </ReasonDialog>
  );
}

function BringBack({ config, onClose }: { config: ScoreConfig; onClose: () => void }) {
  const save = useConfigs();
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Bring ${config.name} back`}
      confirm="Bring it back"
      label={null}
      onConfirm={() => save(config, { isArchived: false })}
    >
      <Text size="sm">New scores are taken under it again.</Text>
    </ReasonDialog>
  );
}

function Row({ config }: { config: ScoreConfig }) {
  const { may } = useProject();
  const [asked, setAsked] = useState<"change" | "archive">();
  const open = { config, onClose: () => setAsked(undefined) };
  const { id, name, description, isArchived } = config;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={500} style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        {description !== null && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {description}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <ShortId id={id} />
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{valuesText(config)}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{judgementText(config) ?? "–"}</Table.Td>
      <Table.Td>
        <StateBadge
          state={isArchived ? "archived" : "in use"}
          colour={isArchived ? "gray" : "green"}
        />
      </Table.Td>
      <Table.Td>
        {may("write") && (
          <MoreMenu
            label={`More of ${name}`}
            deeds={[
              { name: "Change", act: () => setAsked("change") },
              {
                name: isArchived ? "Bring back" : "Archive",
                act: () => setAsked("archive"),
              },
            ]}
          />
        )}
        {asked === "change" && <ScoreConfigDialog {...open} />}
        {asked === "archive" && (isArchived ? <BringBack {...open} /> : <Archive {...open} />)}
      </Table.Td>
    </Table.Tr>
  );
}

/** What scores may be, and which way they are better. */
export function ScoreConfigsPanel() {
  const { id, api, may } = useProject();
  const [creating, setCreating] = useState(false);
  const configs = useQuery({
    queryKey: [id, "score-configs"],
    queryFn: ({ signal }) => readConfigs(api, signal),
  });
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" maw={560}>
          A score that names a config by configId is checked against it. One that says which way is
          better can guard a rollout.
        </Text>
        {may("write") && <NewButton onClick={() => setCreating(true)}>New score config</NewButton>}
      </Group>
      <Loaded query={configs}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No score config yet">
              Without one, a score may be anything that its data type allows.
            </Empty>
          ) : (
            <WideTable
              label="Score configs"
              verticalSpacing="sm"
              isLastPinned
              miw={640}
              columns={["Score", "May be", "Better", "State", "Actions"]}
            >
              {rows.map((config) => (
                <Row key={config.id} config={config} />
              ))}
            </WideTable>
          )
        }
      </Loaded>
      {creating && <ScoreConfigDialog config={undefined} onClose={() => setCreating(false)} />}
    </Stack>
  );
}
