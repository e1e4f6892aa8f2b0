import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Icon } from "../../parts/icon.tsx";
import { LabelBadge } from "../../parts/label-badge.tsx";
import { AnchorLink, ButtonLink } from "../../parts/links.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Instant } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import { PromptContent } from "./content.tsx";
import {
  type Prompt,
  useLabels,
  useSplits,
  useVersion,
  useVersions,
  type Version,
} from "./data.ts";
import { Deployments } from "./deployments.tsx";
import { Labels } from "./labels.tsx";
import { PromptMenu, VersionMenu } from "./more.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import type { Chosen } from "./snippets.ts";
import { Snippets } from "./usage.tsx";
import { VersionRail } from "./version-rail.tsx";

const route = getRouteApi("/projects/$projectId/prompts/$name");

function Heading({ name, tags }: { name: string; tags: readonly string[] }) {
  const { id: projectId } = useProject();
  const slash = name.lastIndexOf("/");
  const folder = name.slice(0, Math.max(slash, 0));
  return (
    <Stack gap={2}>
      <AnchorLink
        to="/projects/$projectId/prompts"
        params={{ projectId }}
        search={folder === "" ? {} : { folder }}
        size="sm"
      >
        {folder === "" ? "All prompts" : folder}
      </AnchorLink>
      <Group gap="sm">
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {name.slice(slash + 1)}
        </Title>
        {tags.map((tag) => (
          <Badge
            key={tag}
            variant="outline"
            color="gray"
            tt="none"
            fw={400}
            c="var(--mantine-color-text)"
          >
            {tag}
          </Badge>
        ))}
      </Group>
    </Stack>
  );
}

function Actions({
  name,
  version,
  prompt,
}: {
  name: string;
  version: number | undefined;
  prompt: Prompt | undefined;
}) {
  const { id: projectId, may } = useProject();
  const link = { params: { projectId }, variant: "default" } as const;
  return (
    <Group gap="xs">
      <ButtonLink
        {...link}
        to="/projects/$projectId/metrics"
        search={{ prompt: name }}
        leftSection={<Icon name="metrics" size={16} />}
      >
        Metrics
      </ButtonLink>
      <ButtonLink
        {...link}
        to="/projects/$projectId/compare"
        search={{ prompt: name }}
        leftSection={<Icon name="compare" size={16} />}
      >
        Compare
      </ButtonLink>
      {may("write") && (
        <ButtonLink
          to="/projects/$projectId/edit"
          params={{ projectId }}
          search={{ name, base: version }}
          leftSection={<Icon name="plus" size={16} />}
        >
          New version
        </ButtonLink>
      )}
      {may("write") && prompt && <PromptMenu prompt={prompt} />}
    </Group>
  );
}

function MoveButton({ name, version }: { name: string; version: number }) {
  const [opened, { open, close }] = useDisclosure();
  const labels = useLabels(name).data;
  const splits = useSplits(name).data;
  if (!labels || !splits) return null;
  return (
    <>
      <Button size="xs" leftSection={<Icon name="label" size={14} />} onClick={open}>
        Move a label here
      </Button>
      {opened && (
        <MoveDialog name={name} version={version} labels={labels} splits={splits} onClose={close} />
      )}
    </>
  );
}

/** A program follows a label where one points here; else it asks for this version for good. */
function chosenOf({ version, labels }: Version): Chosen {
  const label = ["production", ...labels].find((one) => one !== "latest" && labels.includes(one));
  return label === undefined ? { version } : { label };
}

function VersionView({
  prompt,
  version,
  isOnly,
}: {
  prompt: Prompt;
  version: Version;
  /** Whether the prompt has no other. */
  isOnly: boolean;
}) {
  const { may } = useProject();
  return (
    <Stack gap="lg" flex={1} miw={0}>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={2}>Version {version.version}</Title>
          {version.labels.map((label) => (
            <LabelBadge key={label} label={label} />
          ))}
        </Group>
        {may("write") && (
          <Group gap="xs">
            <MoveButton key={version.version} name={prompt.name} version={version.version} />
            {!isOnly && <VersionMenu name={prompt.name} version={version} />}
          </Group>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {version.commitMessage !== null && (
          <Text span inherit c="var(--mantine-color-text)">
            {version.commitMessage} ·{" "}
          </Text>
        )}
        {prompt.type} · by <ShortId id={version.createdBy} /> · <Instant at={version.createdAt} />
      </Text>
      <PromptContent prompt={prompt} />
      <div>
        <Title order={2} mb="xs">
          Use it
        </Title>
        <Snippets prompt={prompt} chosen={chosenOf(version)} />
      </div>
      <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="xl">
        <Stack gap="xs">
          <Title order={2}>Labels</Title>
          <Labels name={prompt.name} />
        </Stack>
        <Deployments name={prompt.name} />
      </SimpleGrid>
    </Stack>
  );
}

/** The version that the address names; else the one that was shown first; else that on production, or the newest. */
function shownOf(
  versions: readonly Version[],
  wanted: number | undefined,
  first: number | undefined,
): Version | undefined {
  if (wanted !== undefined) return versions.find(({ version }) => version === wanted);
  return (
    versions.find(({ version }) => version === first) ??
    versions.find(({ labels }) => labels.includes("production")) ??
    versions[0]
  );
}

/** What a person looks at does not change because a label moved, nor does a dialog over it go away. */
function useShown(name: string, versions: readonly Version[]): Version | undefined {
  const { version: wanted } = route.useSearch();
  const [first, setFirst] = useState<{ name: string; version: number }>();
  const shown = shownOf(versions, wanted, first?.name === name ? first.version : undefined);
  const isFirst = shown !== undefined && first?.name !== name;
  if (isFirst) setFirst({ name, version: shown.version });
  return shown;
}

/** One prompt: its versions, what each says, how it is used, and where its labels point. */
export function PromptScreen() {
  const { name } = route.useParams();
  const { version: wanted } = route.useSearch();
  const versions = useVersions(name);
  const all = versions.data?.pages.flatMap(({ data }) => data) ?? [];
  const shown = useShown(name, all);
  const prompt = useVersion(name, shown?.version);
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Heading name={name} tags={prompt.data?.tags ?? []} />
        <Actions name={name} version={shown?.version} prompt={prompt.data} />
      </Group>
      <Loaded query={versions}>
        {() => (
          <Stack gap="lg">
            {!shown && (
              <Alert color="orange" title={`There is no version ${wanted ?? ""} here`}>
                It may have been deleted. Choose another one.
              </Alert>
            )}
            <Group
              align="flex-start"
              wrap="nowrap"
              gap="lg"
              style={{ flexDirection: "var(--promptside-columns)" as "row" }}
            >
              <VersionRail name={name} shown={shown?.version} versions={versions} />
              {shown && (
                <Loaded query={prompt}>
                  {(loaded) => (
                    <VersionView prompt={loaded} version={shown} isOnly={all.length === 1} />
                  )}
                </Loaded>
              )}
            </Group>
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}
