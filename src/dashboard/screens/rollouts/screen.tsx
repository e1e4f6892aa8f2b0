import { Anchor, Button, Group, Stack, Table, Text } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import type { RolloutSummary } from "../../../features/rollouts/contract.ts";
import { ClearFilter } from "../../parts/clear-filter.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ListHead, NewButton, ShowSwitch } from "../../parts/list-head.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { StartDialog } from "./start-dialog.tsx";
import { STATE_COLOURS } from "./words.ts";

const route = getRouteApi("/projects/$projectId/rollouts");

function Row({ rollout }: { rollout: RolloutSummary }) {
  const { id: projectId } = useProject();
  const { id, prompt, label, control, candidate, state, because, stage, stages, share } = rollout;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          fw={600}
          renderRoot={(props) => (
            <Link
              to="/projects/$projectId/rollouts/$rolloutId"
              params={{ projectId, rolloutId: id }}
              {...props}
            />
          )}
        >
          {prompt}
        </Anchor>
        <Text size="sm" c="dimmed">
          {label}: v{control} → v{candidate}, {rollout.environment}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateBadge state={state} colour={STATE_COLOURS[state]} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        {rollout.isLive ? `${share} %, stage ${stage + 1} of ${stages.length}` : "–"}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{because ?? "–"}</Text>
      </Table.Td>
      <Table.Td>
        <Age at={rollout.startedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function Nothing({ isAll, onStart }: { isAll: boolean; onStart: (() => void) | undefined }) {
  const snippet = [
    `curl -X POST ${location.origin}/api/public/rollouts \\`,
    '  -H "Authorization: Bearer $PROMPTSIDE_KEY" -H "Content-Type: application/json" \\',
    `  -d '{"prompt":"my-prompt","label":"production","candidate":2}'`,
  ].join("\n");
  return (
    <Empty
      title={isAll ? "No rollout yet" : "No rollout is running"}
      snippet={{ label: "Start a rollout", text: snippet }}
      {...(onStart ? { action: <Button onClick={onStart}>Start a rollout</Button> } : {})}
    >
      A rollout gives a new version a growing share of a label, judges guardrails every minute, and
      promotes it or rolls it back by itself.
    </Empty>
  );
}

/** Rollouts, the live ones first looked at. */
export function RolloutsScreen() {
  const { show, prompt, start } = route.useSearch();
  const { may } = useProject();
  const navigate = useNavigate();
  const pages = usePages<RolloutSummary>("rollouts", "/api/public/rollouts", {
    prompt,
    state: show === "all" ? undefined : "live",
  });
  const setStart = (value: string | undefined): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, start: value }) });
  const onStart = may("write") ? () => setStart(prompt ?? "") : undefined;
  return (
    <Stack>
      <ListHead title="Rollouts">
        {onStart && <NewButton onClick={onStart}>Start a rollout</NewButton>}
      </ListHead>
      <Group>
        <ShowSwitch of="rollouts" now="Live" show={show} />
        <ClearFilter name="prompt" value={prompt} />
      </Group>
      <Pages pages={pages} empty={<Nothing isAll={show === "all"} onStart={onStart} />}>
        {(rows) => (
          <WideTable
            label="Rollouts"
            verticalSpacing="sm"
            miw={720}
            columns={["Rollout", "State", "Candidate gets", "Because", "Started"]}
          >
            {rows.map((rollout) => (
              <Row key={rollout.id} rollout={rollout} />
            ))}
          </WideTable>
        )}
      </Pages>
      {onStart && start !== undefined && (
        <StartDialog prompt={start} onClose={() => setStart(undefined)} />
      )}
    </Stack>
  );
}
