import {
  Button,
  Group,
  Modal,
  MultiSelect,
  PasswordInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import type { CreatedDestination } from "../../../features/notifications/contract.ts";
import { DESTINATION_KINDS, type DestinationKind } from "../../../features/notifications/model.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError, isSaidByFields } from "../../parts/field-error.ts";
import { Snippet } from "../../parts/snippet.tsx";
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

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm">
        Deliveries are signed with this secret, by the rules of Standard Webhooks. It is shown this
        once.
      </Text>
      <Snippet label="Signing secret" text={secret} />
      <Group justify="flex-end">
        <Button onClick={onClose}>I have kept it</Button>
      </Group>
    </Stack>
  );
}

function Form({ onCreated }: { onCreated: (made: CreatedDestination) => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [kind, setKind] = useState<DestinationKind>("slack");
  const [values, setValues] = useState<Record<string, string>>({});
  const [filter, setFilter] = useState(NO_FILTER);
  const fields = FIELDS[kind];
  const creating = useMutation({
    mutationFn: () =>
      api.send<CreatedDestination>("POST", "/api/public/destinations", {
        kind,
        name: values["name"] ?? "",
        filter,
        ...Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? ""])),
      }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: [id, "destinations"] });
      onCreated(made);
    },
  });
  const change = (name: string, value: string): void =>
    setValues((before) => ({ ...before, [name]: value }));
  const said = ["name", "filter", ...fields.map(({ name }) => name)];
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        creating.mutate();
      }}
    >
      <Stack>
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
          error={fieldError(creating.error, "name")}
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
              error={fieldError(creating.error, name)}
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
          error={fieldError(creating.error, "filter.events")}
          onChange={(events) => setFilter((before) => ({ ...before, events }))}
        />
        <TagsInput
          label="Prompts"
          description="Names, or beginnings of them such as support/*"
          placeholder={filter.prompts.length === 0 ? "All" : ""}
          value={filter.prompts}
          error={fieldError(creating.error, "filter.prompts")}
          onChange={(prompts) => setFilter((before) => ({ ...before, prompts }))}
        />
        <TagsInput
          label="Labels"
          placeholder={filter.labels.length === 0 ? "All" : ""}
          value={filter.labels}
          error={fieldError(creating.error, "filter.labels")}
          onChange={(labels) => setFilter((before) => ({ ...before, labels }))}
        />
        {creating.error && !isSaidByFields(creating.error, said) && (
          <ErrorPanel error={creating.error} title="It was not created" />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={creating.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function CreateDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [secret, setSecret] = useState<string>();
  const close = (): void => {
    setSecret(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === undefined ? "New destination" : "Its signing secret"}
      size="lg"
    >
      {secret === undefined ? (
        <Form
          onCreated={(made) => (made.secret === undefined ? close() : setSecret(made.secret))}
        />
      ) : (
        <Secret secret={secret} onClose={close} />
      )}
    </Modal>
  );
}
