import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { WEEKDAYS } from "../../../features/projects/model.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError } from "../../parts/field-error.ts";
import { type Settings, useProject } from "../../shell/project.ts";
import { PeopleField } from "./people-field.tsx";

/** What this form changes; the rest of the settings has screens of its own. */
type Form = Pick<
  Settings,
  | "capturePayloads"
  | "retentionDays"
  | "masks"
  | "timeZone"
  | "protectedLabels"
  | "reports"
  | "limits"
  | "people"
>;

type Part = { form: Form; change: (part: Partial<Form>) => void; error: unknown };

const zones = (chosen: string): string[] => [
  ...new Set(["UTC", chosen, ...Intl.supportedValuesOf("timeZone")]),
];

const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, "0")}:00`,
}));

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function Masks({ form, change, error }: Part) {
  const [text, setText] = useState(form.masks.join("\n"));
  return (
    <Textarea
      label="Masks"
      description="One a line: a regular expression, or a JSON path such as $.input..email. What they match becomes *** before anything is stored."
      autosize
      minRows={2}
      value={text}
      error={fieldError(error, "masks")}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      onChange={(event) => {
        setText(event.currentTarget.value);
        change({ masks: linesOf(event.currentTarget.value) });
      }}
    />
  );
}

function Stored(part: Part) {
  const { form, change, error } = part;
  return (
    <Fieldset legend="What is stored">
      <Stack>
        <Switch
          label="Keep inputs, outputs and metadata"
          description="When off, they are dropped before anything is stored. Numbers are kept either way."
          checked={form.capturePayloads}
          onChange={(event) => change({ capturePayloads: event.currentTarget.checked })}
        />
        <NumberInput
          label="Retention, days"
          description="Traces, generations and scores are deleted after it; daily numbers stay."
          min={1}
          max={365}
          allowDecimal={false}
          w={{ base: "100%", xs: 220 }}
          value={form.retentionDays}
          error={fieldError(error, "retentionDays")}
          onChange={(value) => change({ retentionDays: Number(value) })}
        />
        <Masks {...part} />
      </Stack>
    </Fieldset>
  );
}

function Times({ form, change, error }: Part) {
  const { reports } = form;
  const report = (part: Partial<Form["reports"]>): void =>
    change({ reports: { ...reports, ...part } });
  return (
    <Fieldset legend="Time and reports">
      <Stack>
        <Select
          label="Time zone"
          description="In which this dashboard tells time, and in which the days of reports begin."
          data={zones(form.timeZone)}
          searchable
          allowDeselect={false}
          limit={200}
          w={{ base: "100%", xs: 320 }}
          value={form.timeZone}
          error={fieldError(error, "timeZone")}
          onChange={(timeZone) => change({ timeZone: timeZone ?? "UTC" })}
        />
        <Switch
          label="A report every day"
          checked={reports.daily}
          onChange={(event) => report({ daily: event.currentTarget.checked })}
        />
        <Switch
          label="A report every week"
          checked={reports.weekly}
          onChange={(event) => report({ weekly: event.currentTarget.checked })}
        />
        <Group>
          <Select
            label="Day of the weekly report"
            data={WEEKDAYS.map((day) => ({ value: day, label: day }))}
            allowDeselect={false}
            value={reports.weekday}
            onChange={(day) => report({ weekday: WEEKDAYS.find((one) => one === day) ?? "monday" })}
          />
          <Select
            label="Hour of reports"
            data={HOURS}
            allowDeselect={false}
            value={String(reports.hour)}
            onChange={(hour) => report({ hour: Number(hour) })}
          />
        </Group>
      </Stack>
    </Fieldset>
  );
}

/** An empty field is without limit. */
const limitOf = (value: string | number): number | null => (value === "" ? null : Number(value));

function Guards({ form, change, error }: Part) {
  const { limits } = form;
  const limit = (part: Partial<Form["limits"]>): void => change({ limits: { ...limits, ...part } });
  return (
    <Fieldset legend="Guards">
      <Stack>
        <TagsInput
          label="Protected labels"
          description="Only keys with the scope admin move them."
          data={["production"]}
          value={form.protectedLabels}
          error={fieldError(error, "protectedLabels")}
          onChange={(protectedLabels) => change({ protectedLabels })}
        />
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <NumberInput
            label="Events a request"
            min={1}
            max={100_000}
            value={limits.eventsPerRequest}
            error={fieldError(error, "limits.eventsPerRequest")}
            onChange={(value) => limit({ eventsPerRequest: Number(value) })}
          />
          <NumberInput
            label="Ingestion a minute"
            placeholder="without limit"
            min={1}
            value={limits.ingestPerMinute ?? ""}
            error={fieldError(error, "limits.ingestPerMinute")}
            onChange={(value) => limit({ ingestPerMinute: limitOf(value) })}
          />
          <NumberInput
            label="Reads a minute"
            placeholder="without limit"
            min={1}
            value={limits.readsPerMinute ?? ""}
            error={fieldError(error, "limits.readsPerMinute")}
            onChange={(value) => limit({ readsPerMinute: limitOf(value) })}
          />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          Limits are of each key. Fetches of prompts are never limited.
        </Text>
      </Stack>
    </Fieldset>
  );
}

/** Only what the person changed is sent: two people who change different things both win. */
const changedOf = (before: Form, now: Form): Partial<Form> =>
  Object.fromEntries(
    Object.entries(now).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Form]),
    ),
  );

export function SettingsForm({ settings }: { settings: Settings }) {
  const { id, api, may } = useProject();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Partial<Form>>({});
  const form: Form = { ...settings, ...changes };
  const changed = changedOf(settings, { ...settings, ...changes });
  const saving = useMutation({
    mutationFn: () => api.send<Settings>("PATCH", "/api/public/settings", changed),
    onSuccess: (saved) => {
      queries.setQueryData([id, "settings"], saved);
      setChanges({});
      notifications.show({ message: "The settings are saved." });
    },
  });
  const part: Part = {
    form,
    change: (more) => setChanges((before) => ({ ...before, ...more })),
    error: saving.error,
  };
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Fieldset variant="unstyled" disabled={!may("admin")}>
        <Stack>
          <Stored {...part} />
          <Times {...part} />
          <Guards {...part} />
          <PeopleField
            people={form.people}
            error={fieldError(saving.error, "people")}
            onChange={(people) => part.change({ people })}
          />
          {saving.error && <ErrorPanel error={saving.error} title="The settings were not saved" />}
          {may("admin") ? (
            <Group>
              <Button
                type="submit"
                loading={saving.isPending}
                disabled={Object.keys(changed).length === 0}
              >
                Save settings
              </Button>
            </Group>
          ) : (
            <Text c="dimmed">Only keys with the scope admin change settings.</Text>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
