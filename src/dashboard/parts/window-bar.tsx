import { Button, Group, Popover, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, type SubmitEvent, Suspense, useState } from "react";

import { dayAndMinute } from "../format/time.ts";
import { useTimeZone, useWindow } from "../shell/project.ts";
import { DEFAULT_PRESET, type Preset, PRESETS, type WindowSearch } from "../window.ts";
import { Lines } from "./loaded.tsx";

const project = getRouteApi("/projects/$projectId");
/** Calendars are heavy and few people open one. */
const DatesForm = lazy(() => import("./dates-form.tsx").then((m) => ({ default: m.DatesForm })));

const CHOSEN = "chosen";
const OPTIONS = [
  ...Object.entries(PRESETS).map(([value, { label }]) => ({ value, label })),
  { value: CHOSEN, label: "Chosen dates" },
];

/** Changes part of the window in the address, and leaves the rest of it. */
function useChangeWindow(): (change: WindowSearch) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({ to: ".", search: (before) => ({ ...before, ...change }), replace: true });
}

function Environment() {
  const { environment = "" } = project.useSearch();
  const change = useChangeWindow();
  const [typed, setTyped] = useState(environment);
  const apply = (): void => change({ environment: typed.trim() || undefined });
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        apply();
      }}
    >
      <TextInput
        aria-label="Environment"
        placeholder="All environments"
        w={170}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={apply}
      />
    </form>
  );
}

/** Which stretch of time and which environment the screen shows. It says the stretch and its time zone in full. */
export function WindowBar() {
  const search = project.useSearch();
  const { from, to } = useWindow();
  const timeZone = useTimeZone();
  const change = useChangeWindow();
  const [opened, { open, close }] = useDisclosure();
  const chosen = search.from === undefined ? (search.range ?? DEFAULT_PRESET) : CHOSEN;
  const choose = (value: string | null): void => {
    if (value === CHOSEN) return open();
    close();
    const range = value === DEFAULT_PRESET ? undefined : (value as Preset);
    change({ range, from: undefined, to: undefined });
  };
  return (
    <Group gap="sm" wrap="wrap">
      <Popover opened={opened} onClose={close} position="bottom-start" trapFocus withRoles={false}>
        <Popover.Target>
          <Select
            aria-label="Time"
            data={OPTIONS}
            value={chosen}
            allowDeselect={false}
            w={170}
            onChange={choose}
          />
        </Popover.Target>
        <Popover.Dropdown>
          <Suspense fallback={<Lines count={4} />}>
            <Stack gap="sm">
              <DatesForm
                from={from}
                to={to}
                timeZone={timeZone}
                onChoose={(dates) => {
                  close();
                  change({ range: undefined, ...dates });
                }}
              />
              <Button variant="default" size="xs" onClick={close}>
                Cancel
              </Button>
            </Stack>
          </Suspense>
        </Popover.Dropdown>
      </Popover>
      <Environment />
      <Text size="sm" c="dimmed">
        {dayAndMinute(from, timeZone)} – {dayAndMinute(to, timeZone)} {timeZone}
      </Text>
    </Group>
  );
}
