import { ActionIcon, Button, Grid, Group, Select, Stack, Text, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";

import type { VersionPage } from "../../../features/prompts/catalog/contract.ts";
import type { Answer } from "../../api/client.ts";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { WindowBar } from "../../parts/window-bar.tsx";
import { useProject } from "../../shell/project.ts";
import { NoPrompts } from "../metrics/nothing.tsx";
import { PromptChoice, usePrompts } from "../metrics/prompt-choice.tsx";
import { chosenArms } from "./arms.ts";
import { DesignNotes } from "./design.tsx";
import { Effects } from "./effects.tsx";
import { MetricDiff } from "./metric-diff.tsx";
import { useComparison, useVersions } from "./queries.ts";
import type { CompareSearch } from "./search.ts";
import { TextDiff } from "./text-diff.tsx";

type Versions = Answer<typeof VersionPage>["data"];

const route = getRouteApi("/projects/$projectId/compare");

function useChange(): (change: CompareSearch) => void {
  const navigate = route.useNavigate();
  return (change) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
}

const Choice = ({
  label,
  versions,
  value,
  onChange,
}: {
  label: string;
  versions: Versions;
  value: number;
  onChange: (version: number) => void;
}) => (
  <Select
    label={label}
    w={220}
    allowDeselect={false}
    data={versions.map(({ version, labels }) => ({
      value: String(version),
      label: labels.length > 0 ? `v${version} (${labels.join(", ")})` : `v${version}`,
    }))}
    value={String(value)}
    onChange={(version) => version !== null && onChange(Number(version))}
  />
);

function Compared({
  prompt,
  control,
  candidate,
}: {
  prompt: string;
  control: number;
  candidate: number;
}) {
  const query = useComparison({ prompt, control, candidate });
  return (
    <Stack>
      <Loaded query={query}>
        {(comparison) => <DesignNotes comparison={comparison} prompt={prompt} />}
      </Loaded>
      {query.data && <Effects comparison={query.data} />}
      <Grid>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <TextDiff prompt={prompt} control={control} candidate={candidate} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          {query.data && <MetricDiff comparison={query.data} />}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function OfPrompt({ prompt, versions }: { prompt: string; versions: Versions }) {
  const { id } = useProject();
  const change = useChange();
  const arms = chosenArms(versions, route.useSearch());
  if (!arms) {
    return (
      <Stack align="flex-start">
        <Text>{prompt} has one version; a comparison takes two.</Text>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/projects/$projectId/prompts/$name"
              params={{ projectId: id, name: prompt }}
            />
          )}
        >
          To the prompt
        </Button>
      </Stack>
    );
  }
  const { control, candidate } = arms;
  return (
    <Stack>
      <Group align="flex-end" gap="sm">
        <Choice
          label="Control"
          versions={versions.filter(({ version }) => version !== candidate)}
          value={control}
          onChange={(control) => change({ control, candidate })}
        />
        <ActionIcon
          size="lg"
          variant="default"
          aria-label="Swap control and candidate"
          onClick={() => change({ control: candidate, candidate: control })}
        >
          <Icon name="compare" />
        </ActionIcon>
        <Choice
          label="Candidate"
          versions={versions.filter(({ version }) => version !== control)}
          value={candidate}
          onChange={(candidate) => change({ control, candidate })}
        />
      </Group>
      <Compared prompt={prompt} control={control} candidate={candidate} />
    </Stack>
  );
}

/** Two versions of a prompt: what was written, and what came of it. */
export function CompareScreen() {
  const search = route.useSearch();
  const change = useChange();
  const prompts = usePrompts();
  const prompt = search.prompt ?? prompts.data?.data[0]?.name;
  const versions = useVersions(prompt);
  return (
    <Stack>
      <Title order={1}>Compare</Title>
      <Group gap="sm">
        <PromptChoice
          value={prompt}
          onChange={(name) => change({ prompt: name, control: undefined, candidate: undefined })}
        />
        <WindowBar />
      </Group>
      {prompt === undefined ? (
        <Loaded query={prompts}>{() => <NoPrompts />}</Loaded>
      ) : (
        <Loaded query={versions}>
          {(page) => <OfPrompt key={prompt} prompt={prompt} versions={page.data} />}
        </Loaded>
      )}
    </Stack>
  );
}
