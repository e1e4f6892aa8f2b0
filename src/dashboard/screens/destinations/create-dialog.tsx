import { MultiSelect, PasswordInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { CreatedDestination } from "../../../features/notifications/contract.ts";
import { DESTINATION_KINDS, type DestinationKind } from "../../../features/notifications/model.ts";
import { fieldError } from "../../parts/field-error.ts";
import { type Secret, SecretDialog } from "../../parts/secret-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { EVENT_CHOICES, KIND_NAMES } from "./words.ts";

type Field = { name: string; label: string; placeholder: string; isSecret?: boolean };

const url = (placeholder: string): Field[] => [{ name: "url", label: "Address", placeholder }];

/** What each kind is told beside its name and filter. */
const FIELDS: Record<DestinationKind, Field[]> = {
  webhook: url("https://example.com/hooks/promptside"),
  slack: url("https://hooks.slack.com/services/…"),
  teams: url("https://….logic.azure.com/workflows/…"),
  pagerduty: [
    {
      name: "routingKey",
      label: "Routing key",
      placeholder: "32 letters and digits",
      isSecret: true,
    },
  ],
  github: [
    { name: "repository", label: "Repository", placeholder: "owner/name" },
    { name: "token", label: "Token", placeholder: "with contents: write", isSecret: true },
  ],
  email: [{ name: "to", label: "Address", placeholder: "team@example.com" }],
};

const NO_FILTER = { events: [] as string[], prompts: [] as string[], labels: [] as string[] };

/** Makes a destination; that of a signed webhook has a secret, which is shown this once. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [kind, setKind] = useState<DestinationKind>("slack");
  const [values, setValues] = useState<Record<string, string>>({});
  const [filter, setFilter] = useState(NO_FILTER);
  const fields = FIELDS[kind];
  const create = async (): Promise<Secret[]> => {
    const { secret } = await api.send<CreatedDestination>("POST", "/api/public/destinations", {
      kind,
      name: values["name"] ?? "",
      filter,
      ...Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? ""])),
    });
    await queries.invalidateQueries({ queryKey: [id, "destinations"] });
    return secret === undefined ? [] : [{ label: "Signing secret", text: secret }];
  };
  const change = (name: string, value: string): void =>
    setValues((before) => ({ ...before, [name]: value }));
  return (
    <SecretDialog
      title="New destination"
      titleMade="Its signing secret, by Standard Webhooks"
      confirm="Create"
      failure="It was not created"
      fields={["name", "filter", ...fields.map(({ name }) => name)]}
      onClose={onClose}
      onConfirm={create}
    >
      {(error) => (
        <>
          <Select
            label="Kind"
            data={DESTINATION_KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))}
            value={kind}
            allowDeselect={false}
            onChange={(value) => setKind(value ?? "slack")}
          />
          <TextInput
            label="Name"
            required
            maxLength={100}
            value={values["name"] ?? ""}
            error={fieldError(error, "name")}
            onChange={(event) => change("name", event.currentTarget.value)}
          />
          {fields.map(({ name, label, placeholder, isSecret }) => {
            const Input = isSecret === true ? PasswordInput : TextInput;
            return (
              <Input
                key={name}
                label={label}
                placeholder={placeholder}
                required
                autoComplete="off"
                value={values[name] ?? ""}
                error={fieldError(error, name)}
                onChange={(event) => change(name, event.currentTarget.value)}
              />
            );
          })}
          <MultiSelect
            label="Events"
            placeholder={filter.events.length === 0 ? "All" : ""}
            searchable
            clearable
            data={EVENT_CHOICES}
            value={filter.events}
            error={fieldError(error, "filter.events")}
            onChange={(events) => setFilter((before) => ({ ...before, events }))}
          />
          <TagsInput
            label="Prompts"
            description="Names, or beginnings of them such as support/*"
            placeholder={filter.prompts.length === 0 ? "All" : ""}
            value={filter.prompts}
            error={fieldError(error, "filter.prompts")}
            onChange={(prompts) => setFilter((before) => ({ ...before, prompts }))}
          />
          <TagsInput
            label="Labels"
            placeholder={filter.labels.length === 0 ? "All" : ""}
            value={filter.labels}
            error={fieldError(error, "filter.labels")}
            onChange={(labels) => setFilter((before) => ({ ...before, labels }))}
          />
        </>
      )}
    </SecretDialog>
  );
}
