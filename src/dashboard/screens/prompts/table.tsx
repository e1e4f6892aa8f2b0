import { Box, Group, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Usage } from "../../../features/rollups/usage/contract.ts";
import { count, money } from "../../format/number.ts";
import { Icon } from "../../parts/icon.tsx";
import { LabelBadge } from "../../parts/label-badge.tsx";
import { AnchorLink, BadgeLink } from "../../parts/links.tsx";
import { Age, Exact } from "../../parts/shown.tsx";
import { Sparkline } from "../../parts/sparkline.tsx";
import { useProject } from "../../shell/project.ts";
import {
  COST_DAYS,
  costOf,
  type Found,
  useLiveRollouts,
  useOpenIncidents,
  useUsage,
} from "./data.ts";

type Folders = { path: string; prompts: number }[];

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function FolderRow({ path, prompts }: Folders[number]) {
  const { id: projectId } = useProject();
  return (
    <Table.Tr>
      <Table.Td colSpan={6}>
        <AnchorLink
          fw={500}
          to="/projects/$projectId/prompts"
          params={{ projectId }}
          search={{ folder: path }}
        >
          <Group gap={8} component="span" wrap="nowrap">
            <Icon name="folder" />
            {lastPart(path)}
            <Text span size="sm" c="dimmed">
              {prompts} {prompts === 1 ? "prompt" : "prompts"}
            </Text>
          </Group>
        </AnchorLink>
      </Table.Td>
    </Table.Tr>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  const { id: projectId } = useProject();
  return tags.map((tag) => (
    <BadgeLink
      key={tag}
      variant="outline"
      color="gray"
      tt="none"
      fw={400}
      c="var(--mantine-color-text)"
      style={{ cursor: "pointer" }}
      to="/projects/$projectId/prompts"
      params={{ projectId }}
      search={{ tag }}
      aria-label={`Prompts with the tag ${tag}`}
    >
      {tag}
    </BadgeLink>
  ));
}

function NameCell({
  prompt,
  shown,
  children,
}: {
  prompt: Found;
  shown: string;
  children: ReactNode;
}) {
  const { id: projectId } = useProject();
  const { name, tags, match } = prompt;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <AnchorLink
          fw={500}
          style={{ overflowWrap: "anywhere" }}
          to="/projects/$projectId/prompts/$name"
          params={{ projectId, name }}
        >
          {shown}
        </AnchorLink>
        <Tags tags={tags} />
      </Group>
      {typeof match?.excerpt === "string" && (
        <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          v{match.version}: {match.excerpt}
        </Text>
      )}
      {children}
    </Stack>
  );
}

const NOW_BADGE = {
  variant: "light",
  tt: "none",
  c: "var(--mantine-color-text)",
  style: { cursor: "pointer" },
} as const;

/** What is going on with a prompt, in words beside each number, and the way there. */
function State({ name, incidents, rollouts }: Now & { name: string }) {
  const { id: projectId } = useProject();
  if (incidents + rollouts === 0) return null;
  const of = { params: { projectId }, search: { prompt: name } };
  return (
    <Group gap={6}>
      {incidents > 0 && (
        <BadgeLink {...NOW_BADGE} {...of} color="red" to="/projects/$projectId/incidents">
          {incidents} {incidents === 1 ? "incident" : "incidents"}
        </BadgeLink>
      )}
      {rollouts > 0 && (
        <BadgeLink {...NOW_BADGE} {...of} color="violet" to="/projects/$projectId/rollouts">
          {rollouts} {rollouts === 1 ? "rollout" : "rollouts"}
        </BadgeLink>
      )}
    </Group>
  );
}

function Volume({
  generations,
  firstDay,
}: {
  generations: number[] | undefined;
  firstDay: string;
}) {
  if (!generations) return null;
  const total = generations.reduce((sum, day) => sum + day, 0);
  return (
    <Group gap="sm" wrap="nowrap">
      <Sparkline values={generations} of="generations" first={firstDay} />
      <Text size="sm" c="dimmed">
        <Exact {...count(total)} />
      </Text>
    </Group>
  );
}

type Now = { incidents: number; rollouts: number };

function PromptRow({
  prompt,
  shown,
  used,
  firstDay,
  now,
}: {
  prompt: Found;
  shown: string;
  /** undefined while it loads. */
  used: Usage["data"][number] | undefined;
  firstDay: string;
  now: Now;
}) {
  const { labels, updatedAt } = prompt;
  return (
    <Table.Tr>
      <Table.Td>
        <NameCell prompt={prompt} shown={shown}>
          <Box hiddenFrom="sm">
            <Volume generations={used?.generations} firstDay={firstDay} />
          </Box>
          <Box hiddenFrom="md">
            <State name={prompt.name} {...now} />
          </Box>
        </NameCell>
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          {labels.map(({ label, version }) => (
            <LabelBadge key={label} label={label} version={version} />
          ))}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Volume generations={used?.generations} firstDay={firstDay} />
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right">
        <Exact {...money(used ? costOf(used.costUsd) : null)} />
      </Table.Td>
      <Table.Td visibleFrom="md">
        <State name={prompt.name} {...now} />
      </Table.Td>
      <Table.Td visibleFrom="md" ta="right">
        <Text size="sm" c="dimmed">
          <Age at={updatedAt} />
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

/** Folders, then prompts, with what each did lately. */
export function PromptTable({
  folders,
  prompts,
  isSearch,
}: {
  folders: Folders;
  prompts: readonly Found[];
  isSearch: boolean;
}) {
  const usage = useUsage(prompts.map(({ name }) => name)).data;
  const incidents = useOpenIncidents().data;
  const rollouts = useLiveRollouts().data;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Prompt</Table.Th>
            <Table.Th>Labels</Table.Th>
            <Table.Th visibleFrom="sm">Generations, 14 days</Table.Th>
            <Table.Th visibleFrom="sm" ta="right">
              Cost, {COST_DAYS} days
            </Table.Th>
            <Table.Th visibleFrom="md">Now</Table.Th>
            <Table.Th visibleFrom="md" ta="right">
              Changed
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {folders.map((folder) => (
            <FolderRow key={folder.path} {...folder} />
          ))}
          {prompts.map((prompt) => (
            <PromptRow
              key={prompt.name}
              prompt={prompt}
              shown={isSearch ? prompt.name : lastPart(prompt.name)}
              used={usage?.of.get(prompt.name)}
              firstDay={usage?.firstDay ?? ""}
              now={{
                incidents: incidents?.get(prompt.name) ?? 0,
                rollouts: rollouts?.get(prompt.name) ?? 0,
              }}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
