import { Button, Group, NumberInput, Stack, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Margins } from "../../../features/comparisons/margins/contract.ts";
import { promptPath } from "../../api/client.ts";
import { ClearFilter } from "../../parts/clear-filter.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError, isSaidByFields } from "../../parts/field-error.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useProject } from "../../shell/project.ts";

type Margin = Margins["data"][number];
type Changes = Record<string, number>;

const MEANS: Record<Margin["scale"], string> = {
  log: "a ratio, such as 1.1",
  events: "a ratio, such as 1.5",
  relative: "a share of the control's mean, such as 0.1",
  raw: "in the metric's own unit",
};

/** Margins of all prompts, or those of one, which go before them. */
function useMargins(prompt: string | undefined) {
  const { id, api, may } = useProject();
  const queries = useQueryClient();
  const path = prompt === undefined ? "/api/public/margins" : promptPath(prompt, "/margins");
  const queryKey = [id, "margins", prompt ?? null];
  return {
    mayChange: may(prompt === undefined ? "admin" : "write"),
    query: useQuery({ queryKey, queryFn: ({ signal }) => api.get<Margins>(path, {}, signal) }),
    save: async (margins: Changes): Promise<void> => {
      queries.setQueryData(queryKey, await api.send<Margins>("PUT", path, { margins }));
      // A prompt without margins of its own has those of the project.
      await queries.invalidateQueries({ queryKey: [id, "margins"] });
    },
  };
}

function Row({
  margin,
  changed,
  error,
  isDisabled,
  onChange,
}: {
  margin: Margin;
  changed: number | undefined;
  error: string | undefined;
  isDisabled: boolean;
  onChange: (value: number) => void;
}) {
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {margin.metric}
        <Text size="xs" c="dimmed">
          {margin.better} is better; {MEANS[margin.scale]}
        </Text>
      </Table.Td>
      <Table.Td>
        <NumberInput
          aria-label={`Margin of ${margin.metric}`}
          value={changed ?? margin.margin}
          error={error}
          min={0}
          step={0.05}
          decimalScale={4}
          disabled={isDisabled}
          w={120}
          onChange={(value) => onChange(Number(value))}
        />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {margin.setBy}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

const FIRST_MARGIN = 0.1;

/** A score that nobody has set a margin of yet: it has that of its range until then. */
const ofScore = (metric: string): Margin => ({
  metric,
  scale: "raw",
  margin: FIRST_MARGIN,
  better: "higher",
  setBy: "default",
});

function AddScore({ onAdd }: { onAdd: (metric: string) => void }) {
  const [name, setName] = useState("");
  return (
    <Group align="flex-end" gap="xs">
      <TextInput
        label="Score"
        description="A numeric one; without a margin here it has that of its range."
        maxLength={190}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button
        variant="default"
        disabled={name.trim() === ""}
        onClick={() => {
          onAdd(`score:${name.trim()}`);
          setName("");
        }}
      >
        Add its margin
      </Button>
    </Group>
  );
}

type Held = ReturnType<typeof useMargins>;

function MarginsForm({
  margins,
  prompt,
  held: { save, mayChange },
}: {
  margins: readonly Margin[];
  prompt: string | undefined;
  held: Held;
}) {
  const [changes, setChanges] = useState<Changes>({});
  // What was set here already must be said again: the list is replaced as a whole.
  const setHere = prompt === undefined ? "project" : "prompt";
  const own = Object.fromEntries(
    margins.flatMap(({ metric, margin, setBy }) => (setBy === setHere ? [[metric, margin]] : [])),
  );
  const known = new Set(margins.map(({ metric }) => metric));
  const added = Object.keys(changes).filter((metric) => !known.has(metric));
  const rows = [...margins, ...added.map((metric) => ofScore(metric))];
  const saving = useMutation({
    mutationFn: save,
    onSuccess: () => {
      setChanges({});
      notifications.show({ message: "The margins are saved." });
    },
  });
  const fieldOf = (metric: string): string => `margins.${metric}`;
  const change = (metric: string, value: number): void =>
    setChanges((before) => ({ ...before, [metric]: value }));
  return (
    <Stack>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Metric</Table.Th>
            <Table.Th>Margin</Table.Th>
            <Table.Th>Set by</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((margin) => (
            <Row
              key={margin.metric}
              margin={margin}
              changed={changes[margin.metric]}
              error={fieldError(saving.error, fieldOf(margin.metric))}
              isDisabled={!mayChange}
              onChange={(value) => change(margin.metric, value)}
            />
          ))}
        </Table.Tbody>
      </Table>
      {saving.error &&
        !isSaidByFields(
          saving.error,
          rows.map(({ metric }) => fieldOf(metric)),
        ) && <ErrorPanel error={saving.error} title="The margins were not saved" />}
      {mayChange && (
        <>
          <AddScore onAdd={(metric) => change(metric, FIRST_MARGIN)} />
          <Group>
            <Button
              loading={saving.isPending}
              disabled={Object.keys(changes).length === 0}
              onClick={() => saving.mutate({ ...own, ...changes })}
            >
              Save margins
            </Button>
            <Button
              variant="default"
              disabled={Object.keys(own).length === 0}
              onClick={() => saving.mutate({})}
            >
              {prompt === undefined ? "Back to the defaults" : "Back to those of the project"}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

/** The largest differences that do not matter: what every verdict is held against. */
export function MarginsPanel({ prompt }: { prompt: string | undefined }) {
  const held = useMargins(prompt);
  return (
    <Stack>
      <Text c="dimmed" maw={640}>
        The largest differences that do not matter to you. Comparisons and rollouts judge against
        them. A prompt may have its own, by the menu on its screen.
      </Text>
      {prompt !== undefined && (
        <Group>
          <ClearFilter name="prompt" value={prompt} />
        </Group>
      )}
      <Loaded query={held.query}>
        {({ data }) => (
          <MarginsForm key={prompt ?? ""} margins={data} prompt={prompt} held={held} />
        )}
      </Loaded>
    </Stack>
  );
}
