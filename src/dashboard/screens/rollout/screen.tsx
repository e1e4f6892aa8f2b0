import { Alert, Anchor, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import type { Rollout } from "../../../features/rollouts/contract.ts";
import { count, percent } from "../../format/number.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Age, Instant } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useProject } from "../../shell/project.ts";
import { guardrailName, STATE_COLOURS, UNIT_NAMES } from "../rollouts/words.ts";
import { Deeds } from "./deeds.tsx";
import { GuardrailTile } from "./guardrail-tile.tsx";
import { History } from "./history.tsx";
import { StageBar } from "./stage-bar.tsx";

const route = getRouteApi("/projects/$projectId/rollouts/$rolloutId");
const REFRESH_MS = 20_000;

function useRollout(rolloutId: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "rollouts", rolloutId],
    queryFn: ({ signal }) =>
      api.get<Rollout>(`/api/public/rollouts/${encodeURIComponent(rolloutId)}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.isLive === false ? false : REFRESH_MS),
  });
}

/** Whether the arms were served as they were meant to be. */
function SampleRatio({ ratio }: { ratio: NonNullable<Rollout["sampleRatio"]> }) {
  const total = ratio.control + ratio.candidate;
  const share = total > 0 ? ratio.candidate / total : null;
  const text = `${count(ratio.candidate).text} of ${count(total).text} generations (${percent(share).text}) were the candidate's, ${percent(ratio.expectedShare).text} were expected.`;
  return ratio.mismatch ? (
    <Alert color="red" variant="light" title="Sample ratio mismatch" role="alert">
      {text} Nothing goes forward while that is so, because the arms may not be comparable.
    </Alert>
  ) : (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
}

function Head({ rollout }: { rollout: Rollout }) {
  const { id: projectId, may } = useProject();
  const { prompt, label, control, candidate, state, because } = rollout;
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1}>
            {label}: v{control} → v{candidate}
          </Title>
          <Anchor
            renderRoot={(props) => (
              <Link
                to="/projects/$projectId/prompts/$name"
                params={{ projectId, name: prompt }}
                {...props}
              />
            )}
          >
            {prompt}
          </Anchor>
        </div>
        {may("write") && <Deeds rollout={rollout} />}
      </Group>
      <Group gap="sm">
        <StateBadge state={state} colour={STATE_COLOURS[state]} />
        {because !== null && <Text>{because}</Text>}
      </Group>
      <Text size="sm" c="dimmed">
        {rollout.environment} · {UNIT_NAMES[rollout.unit]} · started{" "}
        <Instant at={rollout.startedAt} />
        {rollout.checkedAt !== null && (
          <>
            {" "}
            · judged <Age at={rollout.checkedAt} />
          </>
        )}
        {rollout.endedAt !== null && (
          <>
            {" "}
            · ended <Instant at={rollout.endedAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}

/** One rollout, as it goes. */
export function RolloutScreen() {
  const { rolloutId } = route.useParams();
  const query = useRollout(rolloutId);
  return (
    <Loaded query={query}>
      {(rollout) => (
        <Stack gap="lg">
          <Head rollout={rollout} />
          <StageBar rollout={rollout} />
          {rollout.sampleRatio && <SampleRatio ratio={rollout.sampleRatio} />}
          <Stack gap="sm" component="section" aria-label="Guardrails">
            <Title order={2}>Guardrails</Title>
            <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
              {rollout.guardrails.map((guardrail) => (
                <GuardrailTile key={guardrail.metric} guardrail={guardrail} rollout={rollout} />
              ))}
            </SimpleGrid>
            {rollout.leftOut.map(({ metric, because }) => (
              <Text size="sm" c="dimmed" key={metric}>
                {guardrailName(metric)} is no guardrail here: {because}
              </Text>
            ))}
          </Stack>
          <History rollout={rollout} />
        </Stack>
      )}
    </Loaded>
  );
}
