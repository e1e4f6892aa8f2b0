import {
  Button,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  SimpleGrid,
  TextInput,
} from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import type { GenerationsSearch } from "./search.ts";

type Texts = Record<
  | "promptVersion"
  | "promptLabel"
  | "model"
  | "userId"
  | "sessionId"
  | "traceId"
  | "scoreName"
  | "scoreValue",
  string
> & { promptName: string; scoreMin: number | string; scoreMax: number | string; failed: string };

const text = (value: string | number | undefined): string => String(value ?? "");
const OUTCOMES = new Map([
  [undefined, "all"],
  [true, "failed"],
  [false, "good"],
]);

const textsOf = (search: GenerationsSearch): Texts => ({
  promptName: text(search.promptName),
  promptVersion: text(search.promptVersion),
  promptLabel: text(search.promptLabel),
  model: text(search.model),
  userId: text(search.userId),
  sessionId: text(search.sessionId),
  traceId: text(search.traceId),
  scoreName: text(search.scoreName),
  scoreValue: text(search.scoreValue),
  scoreMin: text(search.scoreMin),
  scoreMax: text(search.scoreMax),
  failed: OUTCOMES.get(search.failed) ?? "all",
});

const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());
const numberOf = (value: number | string): number | undefined =>
  value === "" ? undefined : Number(value);

const searchOf = (texts: Texts): GenerationsSearch => ({
  promptName: given(texts.promptName),
  promptVersion: numberOf(texts.promptVersion),
  promptLabel: given(texts.promptLabel),
  model: given(texts.model),
  userId: given(texts.userId),
  sessionId: given(texts.sessionId),
  traceId: given(texts.traceId),
  failed: texts.failed === "all" ? undefined : texts.failed === "failed",
  scoreName: given(texts.scoreName),
  scoreValue: given(texts.scoreValue),
  scoreMin: numberOf(texts.scoreMin),
  scoreMax: numberOf(texts.scoreMax),
});

/** What to find generations by. Shown anew for every address, so that it says what is filtered. */
export function Filters({
  search,
  onChange,
}: {
  search: GenerationsSearch;
  onChange: (search: GenerationsSearch) => void;
}) {
  const [texts, setTexts] = useState(() => textsOf(search));
  const set = (change: Partial<Texts>): void => setTexts((before) => ({ ...before, ...change }));
  const field = (name: Exclude<keyof Texts, "scoreMin" | "scoreMax" | "failed">, label: string) => (
    <TextInput
      label={label}
      size="xs"
      value={texts[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  const needsScore = texts.scoreName.trim() === "";
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      aria-label="Filters"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        onChange(searchOf(texts));
      }}
    >
      <SimpleGrid cols={{ base: 2, md: 4, xl: 6 }} spacing="sm">
        {field("promptName", "Prompt")}
        <TextInput
          label="Version"
          size="xs"
          inputMode="numeric"
          pattern="[1-9][0-9]*"
          disabled={texts.promptName.trim() === ""}
          value={texts.promptVersion}
          onChange={(event) => set({ promptVersion: event.currentTarget.value })}
        />
        {field("promptLabel", "Label at the time")}
        {field("model", "Model")}
        {field("userId", "User")}
        {field("sessionId", "Session")}
        {field("traceId", "Trace")}
        {field("scoreName", "Score")}
        <NumberInput
          label="Score from"
          size="xs"
          disabled={needsScore}
          value={texts.scoreMin}
          onChange={(scoreMin) => set({ scoreMin })}
        />
        <NumberInput
          label="Score to"
          size="xs"
          disabled={needsScore}
          value={texts.scoreMax}
          onChange={(scoreMax) => set({ scoreMax })}
        />
        <TextInput
          label="Score is"
          size="xs"
          placeholder="True, or a category"
          disabled={needsScore}
          value={texts.scoreValue}
          onChange={(event) => set({ scoreValue: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Group mt="sm" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="Outcome"
          value={texts.failed}
          onChange={(failed) => set({ failed })}
          data={[
            { value: "all", label: "All" },
            { value: "failed", label: "Failed" },
            { value: "good", label: "Not failed" },
          ]}
        />
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setTexts(textsOf({}));
              onChange(searchOf(textsOf({})));
            }}
          >
            Clear
          </Button>
          <Button size="xs" type="submit">
            Find
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
