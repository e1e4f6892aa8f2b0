import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { MAX_CATEGORIES } from "../../../features/projects/model.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useProject } from "../../shell/project.ts";
import {
  type DataType,
  type Draft,
  type DraftCategory,
  draftOf,
  EMPTY,
  FIELDS,
  requestOf,
  type ScoreConfig,
} from "./score-config.ts";

const PATH = "/api/public/score-configs";

const TYPES: { value: DataType; label: string }[] = [
  { value: "NUMERIC", label: "A number" },
  { value: "BOOLEAN", label: "True or false" },
  { value: "CATEGORICAL", label: "One of some categories" },
];

/** Changes a config, or brings it to the archive and back. */
export function useConfigs() {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return async (config: ScoreConfig | undefined, body: object): Promise<void> => {
    if (config) await api.send("PATCH", `${PATH}/${encodeURIComponent(config.id)}`, body);
    else await api.send("POST", PATH, body);
    await Promise.all(
      // A score's range is what its margin is taken from.
      ["score-configs", "settings", "margins"].map((what) =>
        queries.invalidateQueries({ queryKey: [id, what] }),
      ),
    );
  };
}

type Part = { draft: Draft; change: (part: Partial<Draft>) => void; error: unknown };

function Range({ draft: { minValue, maxValue }, change, error }: Part) {
  return (
    <SimpleGrid cols={2}>
      <NumberInput
        label="Lowest"
        placeholder="any"
        value={minValue}
        error={fieldError(error, "minValue")}
        onChange={(value) => change({ minValue: value })}
      />
      <NumberInput
        label="Highest"
        placeholder="any"
        value={maxValue}
        error={fieldError(error, "maxValue")}
        onChange={(value) => change({ maxValue: value })}
      />
    </SimpleGrid>
  );
}

const Direction = ({ draft: { dataType, direction }, change, error }: Part) => (
  <Select
    label="Better is"
    description="What is said can guard a rollout."
    data={[
      { value: "unsaid", label: "Not said" },
      { value: "higher", label: dataType === "BOOLEAN" ? "True" : "Higher" },
      { value: "lower", label: dataType === "BOOLEAN" ? "False" : "Lower" },
    ]}
    allowDeselect={false}
    value={direction}
    error={fieldError(error, "direction")}
    onChange={(value) =>
      change({ direction: value === "higher" || value === "lower" ? value : "unsaid" })
    }
  />
);

function CategoryRow({
  category: { label, value, isBad },
  place,
  error,
  onChange,
  onRemove,
}: {
  category: DraftCategory;
  place: number;
  error: (field: "label" | "value") => string | undefined;
  onChange: (part: Partial<DraftCategory>) => void;
  onRemove: (() => void) | undefined;
}) {
  return (
    <Group wrap="nowrap" gap="xs" align="flex-start">
      <TextInput
        aria-label={`Category ${place}`}
        placeholder="Label"
        required
        maxLength={200}
        flex={1}
        value={label}
        error={error("label")}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
      />
      <NumberInput
        aria-label={`Value of category ${place}`}
        required
        hideControls
        w={70}
        value={value}
        error={error("value")}
        onChange={(now) => onChange({ value: now })}
      />
      <Checkbox
        label="bad"
        aria-label={`Category ${place} is bad`}
        mt={8}
        checked={isBad}
        onChange={(event) => onChange({ isBad: event.currentTarget.checked })}
      />
      <ActionIcon
        variant="default"
        size={36}
        disabled={onRemove === undefined}
        aria-label={`Remove category ${place}`}
        onClick={onRemove}
      >
        <Icon name="close" size={14} />
      </ActionIcon>
    </Group>
  );
}

function Categories({ draft: { categories }, change, error }: Part) {
  const set = (id: number, part: Partial<DraftCategory>): void =>
    change({ categories: categories.map((one) => (one.id === id ? { ...one, ...part } : one)) });
  const add = (): void => {
    const id = Math.max(...categories.map((one) => one.id)) + 1;
    const value = Math.max(...categories.map((one) => Number(one.value))) + 1;
    change({ categories: [...categories, { id, label: "", value, isBad: false }] });
  };
  return (
    <Fieldset legend="Categories">
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          A label and its number. The share of bad ones can guard a rollout.
        </Text>
        {categories.map((category, index) => (
          <CategoryRow
            key={category.id}
            category={category}
            place={index + 1}
            error={(field) => fieldError(error, `categories.${index}.${field}`)}
            onChange={(part) => set(category.id, part)}
            onRemove={
              categories.length > 1
                ? () => change({ categories: categories.filter(({ id }) => id !== category.id) })
                : undefined
            }
          />
        ))}
        {categories.length < MAX_CATEGORIES && (
          <Group>
            <Button variant="default" size="xs" onClick={add}>
              Add a category
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}

/** What a score may be: a new agreement, or another wording of one. Its data type stays. */
export function ScoreConfigDialog({
  config,
  onClose,
}: {
  config: ScoreConfig | undefined;
  onClose: () => void;
}) {
  const save = useConfigs();
  const [draft, setDraft] = useState(() => (config ? draftOf(config) : EMPTY));
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const request = requestOf(draft);
  return (
    <FormDialog
      title={config ? `Change ${config.name}` : "New score config"}
      confirm={config ? "Save" : "Create"}
      failure="It was not saved"
      fields={FIELDS}
      onClose={onClose}
      onConfirm={() => save(config, config ? request : { ...request, dataType: draft.dataType })}
    >
      {(error) => (
        <>
          <TextInput
            label="Name"
            required
            maxLength={200}
            data-autofocus
            value={draft.name}
            error={fieldError(error, "name")}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Select
            label="A score is"
            data={TYPES}
            allowDeselect={false}
            disabled={config !== undefined}
            value={draft.dataType}
            onChange={(dataType) => change({ dataType: dataType ?? "NUMERIC" })}
          />
          {draft.dataType === "NUMERIC" && <Range draft={draft} change={change} error={error} />}
          {draft.dataType === "CATEGORICAL" ? (
            <Categories draft={draft} change={change} error={error} />
          ) : (
            <Direction draft={draft} change={change} error={error} />
          )}
          <Textarea
            label="Description"
            maxLength={1000}
            autosize
            minRows={2}
            value={draft.description}
            error={fieldError(error, "description")}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          {config && (
            <Text size="sm" c="dimmed">
              What was scored before stays as it is.
            </Text>
          )}
        </>
      )}
    </FormDialog>
  );
}
