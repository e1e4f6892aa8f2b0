import { Box, Button, Group, Paper, ScrollArea, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { LabelBadge } from "../../parts/label-badge.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Age } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import type { useVersions, Version } from "./data.ts";

const RAIL_HEIGHT = "calc(100dvh - 210px)";

function Entry({ name, version, isShown }: { name: string; version: Version; isShown: boolean }) {
  const { id: projectId } = useProject();
  return (
    <Paper
      withBorder
      p="xs"
      className="version"
      {...(isShown ? { "data-shown": true } : {})}
      renderRoot={(props) => (
        <Link
          to="/projects/$projectId/prompts/$name"
          params={{ projectId, name }}
          search={(before) => ({ ...before, version: version.version })}
          aria-current={isShown ? "true" : undefined}
          {...props}
        />
      )}
    >
      <Stack gap={4}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text fw={600}>v{version.version}</Text>
          <Text size="xs" c="dimmed">
            <Age at={version.createdAt} />
          </Text>
        </Group>
        {version.labels.length > 0 && (
          <Group gap={4}>
            {version.labels.map((label) => (
              <LabelBadge key={label} label={label} />
            ))}
          </Group>
        )}
        {version.commitMessage !== null && (
          <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
            {version.commitMessage}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          by <ShortId id={version.createdBy} />
        </Text>
      </Stack>
    </Paper>
  );
}

/** Every version, newest first: number, labels, age, commit message, author. */
export function VersionRail({
  name,
  shown,
  versions,
}: {
  name: string;
  shown: number | undefined;
  versions: ReturnType<typeof useVersions>;
}) {
  const rows = versions.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Box component="nav" aria-label="Versions" w={{ base: "100%", md: 260 }} flex="none">
      <ScrollArea.Autosize mah={{ base: 220, md: RAIL_HEIGHT }} type="auto" offsetScrollbars="y">
        <Stack gap="xs">
          {rows.map((version) => (
            <Entry
              key={version.version}
              name={name}
              version={version}
              isShown={version.version === shown}
            />
          ))}
          {versions.hasNextPage && (
            <Button
              variant="default"
              loading={versions.isFetchingNextPage}
              onClick={() => void versions.fetchNextPage()}
            >
              Older versions
            </Button>
          )}
        </Stack>
      </ScrollArea.Autosize>
    </Box>
  );
}
