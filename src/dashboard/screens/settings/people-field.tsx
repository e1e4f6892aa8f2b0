import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from "@mantine/core";

import { ROLES } from "../../../features/projects/model.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Settings } from "../../shell/project.ts";

type Person = Settings["people"][number];

/** Who may sign in through Cloudflare Access, and as what. */
export function PeopleField({
  people,
  error,
  onChange,
}: {
  people: readonly Person[];
  error: string | undefined;
  onChange: (people: Person[]) => void;
}) {
  const set = (place: number, part: Partial<Person>): void =>
    onChange(people.map((person, at) => (at === place ? { ...person, ...part } : person)));
  return (
    <Fieldset legend="People">
      <Stack>
        <Text size="sm" c="dimmed">
          Who may sign in through Cloudflare Access, where the deployment has it: a mail address, or
          @ and a domain for all of it.
        </Text>
        {people.map(({ who, role }, place) => (
          <Group key={place} wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Person ${place + 1}`}
              placeholder="ada@example.com or @example.com"
              flex={1}
              value={who}
              onChange={(event) => set(place, { who: event.currentTarget.value })}
            />
            <Select
              aria-label={`Role of person ${place + 1}`}
              data={ROLES}
              value={role}
              allowDeselect={false}
              w={110}
              onChange={(chosen) => set(place, { role: chosen ?? "viewer" })}
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={`Remove person ${place + 1}`}
              onClick={() => onChange(people.toSpliced(place, 1))}
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)">
            {error}
          </Text>
        )}
        <Group>
          <Button
            variant="default"
            size="xs"
            onClick={() => onChange([...people, { who: "", role: "viewer" }])}
          >
            Add a person
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
