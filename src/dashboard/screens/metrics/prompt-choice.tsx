import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useProject } from "../../shell/project.ts";
import { promptsQuery } from "./prompts-query.ts";

/** Prompts whose name begins with what was typed; the newest answer stays while the next one comes. */
export function usePrompts(prefix = "") {
  const { id } = useProject();
  return useQuery({ ...promptsQuery(id, prefix), placeholderData: keepPreviousData });
}

/** One prompt of the project, found by the beginning of its name. */
export function PromptChoice({
  value,
  onChange,
  label,
}: {
  value: string | undefined;
  onChange: (name: string) => void;
  label?: string;
}) {
  const [typed, setTyped] = useState("");
  const [prefix] = useDebouncedValue(typed === value ? "" : typed, 200);
  const { data } = usePrompts(prefix);
  const names = new Set(data?.data.map(({ name }) => name));
  if (value !== undefined) names.add(value);
  return (
    <Select
      {...(label === undefined ? { "aria-label": "Prompt" } : { label })}
      placeholder="Choose a prompt"
      searchable
      allowDeselect={false}
      miw={220}
      maw="100%"
      data={[...names].sort()}
      value={value ?? null}
      onSearchChange={setTyped}
      nothingFoundMessage="No prompt begins so"
      onChange={(name) => name !== null && onChange(name)}
    />
  );
}
