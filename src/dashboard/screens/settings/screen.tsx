import { Stack, Tabs, Text, Title } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { Loaded } from "../../parts/loaded.tsx";
import { useProject, useSettings } from "../../shell/project.ts";
import { MarginsPanel } from "./margins.tsx";
import { PricesPanel } from "./prices.tsx";
import { ScoreConfigsPanel } from "./score-configs.tsx";
import { SettingsForm } from "./settings-form.tsx";

const route = getRouteApi("/projects/$projectId/settings");

function ProjectPanel() {
  const settings = useSettings();
  return <Loaded query={settings}>{(loaded) => <SettingsForm settings={loaded} />}</Loaded>;
}

function Margins() {
  const { prompt } = route.useSearch();
  return <MarginsPanel prompt={prompt} />;
}

const PANELS = [
  { view: "project", name: "Project", Panel: ProjectPanel },
  { view: "scores", name: "Scores", Panel: ScoreConfigsPanel },
  { view: "prices", name: "Prices", Panel: PricesPanel },
  { view: "margins", name: "Margins", Panel: Margins },
] as const;

/** What the project chose. */
export function SettingsScreen() {
  const { id, name } = useProject();
  const { view = "project" } = route.useSearch();
  const navigate = useNavigate();
  const choose = (value: string | null): void => {
    const chosen = PANELS.find((one) => one.view === value)?.view;
    void navigate({ to: ".", search: chosen === "project" ? {} : { view: chosen } });
  };
  return (
    <Stack maw={860}>
      <div>
        <Title order={1}>Settings</Title>
        <Text c="dimmed">
          Project {name} · {id}
        </Text>
      </div>
      <Tabs value={view} keepMounted={false} onChange={choose}>
        <Tabs.List mb="md">
          {PANELS.map((one) => (
            <Tabs.Tab key={one.view} value={one.view}>
              {one.name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PANELS.map(({ view: one, Panel }) => (
          <Tabs.Panel key={one} value={one}>
            <Panel />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
