import { MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";

import type { Draft, Field } from "./fields.ts";

const wordsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((one) => String(one)) : [];
const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** Choices are shown as words; numbers among them stay numbers. */
const chosen = (choices: readonly (string | number)[], value: string | null) =>
  choices.find((choice) => String(choice) === value);

/** One field of a rule, whatever it takes. */
export function FieldInput({
  field,
  draft,
  error,
  isFixed,
  onChange,
}: {
  field: Field;
  draft: Draft;
  error: string | undefined;
  isFixed: boolean;
  onChange: (change: Draft) => void;
}) {
  const { name, label, description } = field;
  const value = draft[name];
  const set = (next: unknown): void => onChange({ [name]: next });
  const common = {
    label,
    error,
    disabled: isFixed,
    ...(description === undefined ? {} : { description }),
    ...(field.isOptional === true || field.input === "words" ? {} : { withAsterisk: true }),
  };
  switch (field.input) {
    case "text":
      return (
        <TextInput
          {...common}
          value={textOf(value)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <NumberInput {...common} value={typeof value === "number" ? value : ""} onChange={set} />
      );
    case "switch":
      return (
        <Switch
          label={label}
          disabled={isFixed}
          checked={value === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      );
    case "one":
      return (
        <Select
          {...common}
          data={field.choices.map(String)}
          value={textOf(value) || null}
          allowDeselect={false}
          onChange={(next) => set(chosen(field.choices, next))}
        />
      );
    case "many":
      return (
        <MultiSelect
          {...common}
          data={field.choices.map(String)}
          value={wordsOf(value)}
          onChange={set}
        />
      );
    case "words":
      return <TagsInput {...common} value={wordsOf(value)} onChange={set} />;
  }
}
