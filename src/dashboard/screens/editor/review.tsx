import { Alert, List, Stack, Text } from "@mantine/core";
import { lazy, Suspense } from "react";

import type { Warning } from "../../../features/prompts/lint.ts";
import { Lines } from "../../parts/loaded.tsx";

/** The comparing editor is loaded when there is something to compare. */
const SourceDiff = lazy(() =>
  import("../../parts/source-diff.tsx").then((module) => ({ default: module.SourceDiff })),
);

/** What is probably a mistake. It can be saved all the same. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert color="orange" title="Probably a mistake">
      <List size="sm">
        {warnings.map(({ code, path, message }) => (
          <List.Item key={`${code} ${path} ${message}`}>
            {path}: {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** What the new version changes, before it is saved. */
export const Changes = ({
  before,
  after,
  from,
}: {
  before: string;
  after: string;
  from: number | undefined;
}) => (
  <Stack gap="xs">
    <Text size="sm" c="dimmed">
      {from === undefined ? "All of it is new." : `Against version ${from}.`}
    </Text>
    {from !== undefined && before === after ? (
      <Alert color="orange" title="Nothing is different">
        The new version would say what version {from} says.
      </Alert>
    ) : (
      <Suspense fallback={<Lines />}>
        <SourceDiff before={before} after={after} label="Changes" />
      </Suspense>
    )}
  </Stack>
);
