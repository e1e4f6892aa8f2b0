import { Select, Stack, Text } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";

import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import { count, duration } from "../format/number.ts";
import { dayAndMinute } from "../format/time.ts";
import { Loaded } from "../parts/loaded.tsx";
import { useTimeZone } from "../shell/project.ts";
import { type AdoptedDeployment, adoptionChart, reachedText } from "./adoption.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { factsOf } from "./facts.ts";
import { type Asked, useAdoption } from "./queries.ts";
import { adoptionTable } from "./tables.ts";
import { ChartSkeleton, TimeChart } from "./time-chart.tsx";

const secondsText = (seconds: number): string => duration(seconds * 1000).text;

const moveText = ({ at, from, to }: AdoptedDeployment, timeZone: string): string =>
  `${dayAndMinute(at, timeZone)}: ${from === null ? "" : `v${from} to `}${to === null ? "removed" : `v${to}`}`;

function Stragglers({ stragglers }: { stragglers: Adoption["stragglers"] }) {
  if (!stragglers || stragglers.looked === 0) return null;
  const sayNames = (users: NonNullable<Adoption["stragglers"]>["sdks"]): string =>
    users
      .slice(0, 5)
      .map(({ name, count: n }) => `${name ?? "not said"} (${count(n).text})`)
      .join(", ");
  return (
    <Text size="sm" mt="xs">
      Still using v{stragglers.version}: {count(stragglers.looked).text} generations
      {stragglers.isAll ? "" : " or more"}; SDKs {sayNames(stragglers.sdks)}; environments{" "}
      {sayNames(stragglers.environments)}.
    </Text>
  );
}

/** How fast callers came to the version that a label was moved to. */
export function AdoptionPanel({
  asked,
  label,
  title = `Adoption after deployments of ${label}`,
  controls,
  menu,
}: {
  asked: Asked;
  label: string;
  title?: string | undefined;
  controls?: ReactNode;
  menu?: ReactNode;
}) {
  const timeZone = useTimeZone();
  const query = useAdoption(asked, label);
  const [chosen, setChosen] = useState<string>();
  const deployments = query.data?.deployments ?? [];
  const shown = deployments.find(({ id }) => id === chosen) ?? deployments.at(-1);
  const chart = useMemo(() => shown && adoptionChart(shown), [shown]);
  const choice = deployments.length > 1 && shown && (
    <Select
      aria-label="Deployment"
      size="xs"
      w={210}
      data={deployments
        .toReversed()
        .map((each) => ({ value: each.id, label: moveText(each, timeZone) }))}
      value={shown.id}
      allowDeselect={false}
      onChange={(id) => setChosen(id ?? undefined)}
    />
  );
  return (
    <ChartFrame
      title={title}
      facts={
        chart
          ? factsOf({
              n: chart.n,
              unit: "share",
              from: chart.fromMs,
              to: chart.toMs,
              timeZone,
              stepMs: chart.stepMs,
              environment: asked.environment,
            })
          : []
      }
      table={query.data && (() => adoptionTable(query.data))}
      controls={controls}
      menu={menu}
    >
      <Loaded query={query} skeleton={<ChartSkeleton />}>
        {({ stragglers }) =>
          shown && chart ? (
            <Stack gap="xs">
              {choice}
              <TimeChart chart={chart} timeZone={timeZone} label={title} />
              <Text size="sm">{reachedText(shown.timeToShare, secondsText).join("; ")}.</Text>
              <Stragglers stragglers={stragglers} />
            </Stack>
          ) : (
            <Text c="dimmed">
              {label} was not moved in this stretch of time, so there is no adoption to show.
            </Text>
          )
        }
      </Loaded>
    </ChartFrame>
  );
}
