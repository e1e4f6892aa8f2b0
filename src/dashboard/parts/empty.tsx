import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { Snippet } from "./snippet.tsx";

/** Nothing is there yet: why, and what to do about it, as something to paste where that helps. */
export const Empty = ({
  title,
  children,
  snippet,
  action,
}: {
  title: string;
  children?: ReactNode;
  snippet?: { label: string; text: string };
  action?: ReactNode;
}) => (
  <Paper withBorder p={{ base: "md", sm: "xl" }}>
    <Stack gap="md" maw={720}>
      <Title order={2}>{title}</Title>
      {children !== undefined && <Text c="dimmed">{children}</Text>}
      {snippet && <Snippet {...snippet} />}
      {action}
    </Stack>
  </Paper>
);
