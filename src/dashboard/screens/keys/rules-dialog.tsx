import { Group, NumberInput, Select, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { KeyRules } from "../../../features/projects/model.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { type Settings, useProject } from "../../shell/project.ts";
import { LIMIT_KINDS, type LimitKind, limitKindOf, perMinute, withRules } from "./rules.ts";

const PATH = "/api/public/settings";
/** What a limit of its own begins with. */
const FIRST_LIMIT = 600;

const MEANS: Record<LimitKind, (project: number | null) => string> = {
  project: (limit) => `As the project: ${perMinute(limit)}`,
  none: () => "Without limit",
  own: () => "A limit of its own",
};

function LimitField({
  label,
  limit,
  ofProject,
  error,
  onChange,
}: {
  label: string;
  limit: number | null | undefined;
  ofProject: number | null;
  error: string | undefined;
  onChange: (limit: number | null | undefined) => void;
}) {
  const kind = limitKindOf(limit);
  const choose = (chosen: LimitKind): void =>
    onChange({ project: undefined, none: null, own: FIRST_LIMIT }[chosen]);
  return (
    <Group align="flex-end" gap="xs">
      <Select
        label={label}
        data={LIMIT_KINDS.map((value) => ({ value, label: MEANS[value](ofProject) }))}
        allowDeselect={false}
        flex={1}
        miw={220}
        value={kind}
        error={kind === "own" ? undefined : error}
        onChange={(chosen) => choose(chosen ?? "project")}
      />
      {kind === "own" && (
        <NumberInput
          label="Requests a minute"
          aria-label={`${label}: requests a minute`}
          required
          min={1}
          max={1_000_000}
          allowDecimal={false}
          w={170}
          value={limit ?? FIRST_LIMIT}
          error={error}
          onChange={(value) => onChange(Number(value))}
        />
      )}
    </Group>
  );
}

/** In what one key, or one webhook source, differs from its project. */
export function RulesDialog({
  subject: { id: subjectId, name },
  reads,
  settings,
  onClose,
}: {
  subject: { id: string; name: string };
  /** Whether it can read at all: a source only sends. */
  reads: boolean;
  settings: Settings;
  onClose: () => void;
}) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [rules, setRules] = useState<KeyRules>(settings.keys[subjectId] ?? {});
  const change = (part: KeyRules): void => setRules((before) => ({ ...before, ...part }));
  const save = async (): Promise<void> => {
    // The field is replaced as a whole: what others changed meanwhile is kept.
    const { keys } = await api.get<Settings>(PATH);
    const saved = await api.send<Settings>("PATCH", PATH, {
      keys: withRules(keys, subjectId, rules),
    });
    queries.setQueryData([id, "settings"], saved);
  };
  const field = (name: keyof KeyRules): string => `keys.${subjectId}.${name}`;
  const { limits, capturePayloads } = settings;
  return (
    <FormDialog
      title={`Limits and capture of ${name}`}
      confirm="Save"
      fields={[field("ingestPerMinute"), field("readsPerMinute")]}
      onClose={onClose}
      onConfirm={save}
    >
      {(error) => (
        <>
          <Switch
            label="Keep inputs, outputs and metadata that it sends"
            description={
              capturePayloads
                ? "When off, they are dropped before anything is stored."
                : "The project keeps none; this cannot be otherwise here."
            }
            disabled={!capturePayloads}
            checked={capturePayloads && rules.capturePayloads !== false}
            onChange={(event) => change({ capturePayloads: event.currentTarget.checked })}
          />
          <LimitField
            label="Ingestion"
            limit={rules.ingestPerMinute}
            ofProject={limits.ingestPerMinute}
            error={fieldError(error, field("ingestPerMinute"))}
            onChange={(ingestPerMinute) => change({ ingestPerMinute })}
          />
          {reads && (
            <LimitField
              label="Reads"
              limit={rules.readsPerMinute}
              ofProject={limits.readsPerMinute}
              error={fieldError(error, field("readsPerMinute"))}
              onChange={(readsPerMinute) => change({ readsPerMinute })}
            />
          )}
          <Text size="sm" c="dimmed">
            Fetches of prompts are never limited. A change holds within about a minute.
          </Text>
        </>
      )}
    </FormDialog>
  );
}
