import { Stack, Text, Title } from "@mantine/core";

import { Loaded } from "../../parts/loaded.tsx";
import { useProject, useSettings } from "../../shell/project.ts";
import { MarginsPanel } from "./margins.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** What the project chose. */
export function SettingsScreen() {
  const { id, name } = useProject();
  const settings = useSettings();
  return (
    <Stack maw={860} gap="xl">
      <div>
        <Title order={1}>Settings</Title>
        <Text c="dimmed">
          Project {name} · {id}
        </Text>
      </div>
      <Loaded query={settings}>{(loaded) => <SettingsForm settings={loaded} />}</Loaded>
      <MarginsPanel />
    </Stack>
  );
}
