import {
  Autocomplete,
  Checkbox,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import type { SearchPage } from "../../../features/prompts/catalog/contract.ts";
import { ON_INCONCLUSIVE, ROLLOUT_UNITS } from "../../../features/rollouts/model.ts";
import { fieldError } from "../../parts/field-error.ts";
import { useProject } from "../../shell/project.ts";
import type { Plan } from "./plan.ts";
import { UNIT_NAMES } from "./words.ts";

const INCONCLUSIVE_NAMES: Record<(typeof ON_INCONCLUSIVE)[number], string> = {
  hold: "Hold and tell us",
  promote: "Promote",
  roll_back: "Roll back",
};
const TYPING_MS = 200;

function usePrompts(typed: string) {
  const { id, api } = useProject();
  const [prefix] = useDebouncedValue(typed, TYPING_MS);
  const { data } = useQuery({
    queryKey: [id, "prompts by prefix", prefix],
    queryFn: ({ signal }) =>
      api.get<SearchPage>(
        "/api/public/prompts/search",
        { prefix: prefix === "" ? undefined : prefix, limit: 20 },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
  return data?.data ?? [];
}

type Props = { plan: Plan; error: unknown; onChange: (part: Partial<Plan>) => void };

/** What is rolled out where. Choices follow from the prompt; anything may be typed. */
function What({ plan, error, onChange }: Props) {
  const found = usePrompts(plan.prompt);
  const prompt = found.find(({ name }) => name === plan.prompt);
  const control = prompt?.labels.find(({ label }) => label === plan.label)?.version;
  const versions = (prompt?.versions ?? []).toSorted((a, b) => b - a);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Autocomplete
        label="Prompt"
        required
        data={found.map(({ name }) => name)}
        value={plan.prompt}
        error={fieldError(error, "prompt")}
        onChange={(name) => onChange({ prompt: name, candidate: null })}
      />
      <Autocomplete
        label="Label"
        required
        data={(prompt?.labels ?? [])
          .map(({ label }) => label)
          .filter((label) => label !== "latest")}
        value={plan.label}
        error={fieldError(error, "label")}
        onChange={(label) => onChange({ label })}
        {...(control === undefined ? {} : { description: `Now v${control}: the control` })}
      />
      <Select
        label="Candidate"
        required
        placeholder={versions.length === 0 ? "Choose a prompt first" : "The new version"}
        data={versions
          .filter((version) => version !== control)
          .map((version) => ({ value: String(version), label: `v${version}` }))}
        value={plan.candidate === null ? null : String(plan.candidate)}
        error={fieldError(error, "candidate")}
        onChange={(value) => onChange({ candidate: value === null ? null : Number(value) })}
      />
      <TextInput
        label="Environment"
        value={plan.environment}
        error={fieldError(error, "environment")}
        onChange={(event) => onChange({ environment: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

function How({ plan, error, onChange }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label="Stages"
        description="Per cent of the traffic for the candidate; after the last it is promoted"
        value={plan.shares}
        error={fieldError(error, "stages")}
        onChange={(event) => onChange({ shares: event.currentTarget.value })}
      />
      <NumberInput
        label="Least minutes in each stage"
        description="Also when all is proven sooner"
        min={0}
        value={plan.minMinutes}
        onChange={(minMinutes) => onChange({ minMinutes })}
      />
      <Select
        label="The split is drawn for"
        data={ROLLOUT_UNITS.map((value) => ({ value, label: UNIT_NAMES[value] }))}
        value={plan.unit}
        allowDeselect={false}
        error={fieldError(error, "unit")}
        onChange={(unit) => onChange({ unit: unit ?? "process" })}
      />
      <NumberInput
        label="Longest time, in hours"
        min={1}
        max={720}
        value={plan.maxHours}
        error={fieldError(error, "maxHours")}
        onChange={(maxHours) => onChange({ maxHours })}
      />
      <Select
        label="If it stays open after that"
        data={ON_INCONCLUSIVE.map((value) => ({ value, label: INCONCLUSIVE_NAMES[value] }))}
        value={plan.onInconclusive}
        allowDeselect={false}
        error={fieldError(error, "onInconclusive")}
        onChange={(value) => onChange({ onInconclusive: value ?? "hold" })}
      />
      <TextInput
        label="Reason"
        description="Stands in the ledger"
        value={plan.reason}
        error={fieldError(error, "reason")}
        onChange={(event) => onChange({ reason: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

export const PlanFields = (props: Props) => (
  <Stack>
    <What {...props} />
    <How {...props} />
    <Checkbox
      label="After promotion, keep the old version on 5 % for 24 hours"
      checked={props.plan.holdback}
      onChange={(event) => props.onChange({ holdback: event.currentTarget.checked })}
    />
    <Checkbox
      label="Start even if the candidate had traffic of its own in the last hour"
      checked={props.plan.force}
      error={fieldError(props.error, "force")}
      onChange={(event) => props.onChange({ force: event.currentTarget.checked })}
    />
  </Stack>
);
