import { Group, Paper, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";

import { Lines, Loaded } from "../../parts/loaded.tsx";
import { useVersion, type WrittenVersion } from "./queries.ts";
import { versionText } from "./text.ts";

/** The editor is heavy: it comes when two versions are first compared. */
const View = lazy(() => import("./text-diff-view.tsx").then((m) => ({ default: m.TextDiffView })));

const Head = ({ written }: { written: WrittenVersion }) => (
  <Text size="sm" flex="1 1 200px">
    <b>v{written.version}</b> {written.commitMessage}
  </Text>
);

/** What was written: the texts of two versions and what changed between them. */
export function TextDiff({
  prompt,
  control,
  candidate,
}: {
  prompt: string;
  control: number;
  candidate: number;
}) {
  const before = useVersion(prompt, control);
  const after = useVersion(prompt, candidate);
  return (
    <Paper withBorder p="md" component="section" aria-label="Text">
      <Title order={2} mb="xs">
        Text
      </Title>
      <Loaded query={before}>
        {(first) => (
          <Loaded query={after}>
            {(second) => {
              const [old, fresh] = [versionText(first), versionText(second)];
              return (
                <>
                  <Group gap="sm" mb="xs">
                    <Head written={first} />
                    <Head written={second} />
                  </Group>
                  {old === fresh ? (
                    <Text c="dimmed">Text and config are the same.</Text>
                  ) : (
                    <Suspense fallback={<Lines />}>
                      <View
                        before={old}
                        after={fresh}
                        beforeName={`v${control}`}
                        afterName={`v${candidate}`}
                      />
                    </Suspense>
                  )}
                </>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Paper>
  );
}
