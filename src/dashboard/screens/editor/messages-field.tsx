import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  Paper,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";

import type { ChatItem } from "../../../features/prompts/model.ts";
import { Icon } from "../../parts/icon.tsx";
import type { DraftItem } from "./draft.ts";

const ROLES = ["system", "user", "assistant", "developer", "tool"];

function MessageFields({
  item,
  place,
  onChange,
}: {
  item: DraftItem;
  place: number;
  onChange: (item: DraftItem) => void;
}) {
  if (!("content" in item)) {
    return (
      <TextInput
        label={`Placeholder ${place}`}
        description="The caller gives a list of messages under this name."
        value={item.name}
        onChange={(event) => onChange({ ...item, name: event.currentTarget.value })}
      />
    );
  }
  return (
    <Stack gap="xs">
      <Autocomplete
        label={`Role of message ${place}`}
        data={ROLES}
        value={item.role}
        maw={200}
        onChange={(role) => onChange({ ...item, role })}
      />
      <Textarea
        aria-label={`Text of message ${place}`}
        value={item.content}
        autosize
        minRows={3}
        maxRows={30}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        onChange={(event) => onChange({ ...item, content: event.currentTarget.value })}
      />
    </Stack>
  );
}

/** The messages of a chat prompt, in their order. */
export function MessagesField({
  items,
  onChange,
}: {
  items: readonly DraftItem[];
  onChange: (items: DraftItem[]) => void;
}) {
  const add = (item: ChatItem): void =>
    onChange([...items, { id: Math.max(0, ...items.map(({ id }) => id)) + 1, ...item }]);
  const swap = (place: number, by: 1 | -1): void => {
    const moved = [...items];
    const [item] = moved.splice(place, 1);
    if (item) moved.splice(place + by, 0, item);
    onChange(moved);
  };
  return (
    <Stack gap="sm">
      {items.map((item, place) => (
        <Paper key={item.id} withBorder p="sm">
          <Group align="flex-start" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <MessageFields
                item={item}
                place={place + 1}
                onChange={(changed) => onChange(items.with(place, changed))}
              />
            </div>
            <Stack gap={4}>
              <ActionIcon
                variant="default"
                aria-label={`Move message ${place + 1} up`}
                disabled={place === 0}
                onClick={() => swap(place, -1)}
              >
                <Icon name="up" size={14} />
              </ActionIcon>
              <ActionIcon
                variant="default"
                aria-label={`Move message ${place + 1} down`}
                disabled={place === items.length - 1}
                onClick={() => swap(place, 1)}
              >
                <Icon name="down" size={14} />
              </ActionIcon>
              <ActionIcon
                variant="default"
                aria-label={`Remove message ${place + 1}`}
                onClick={() => onChange(items.toSpliced(place, 1))}
              >
                <Icon name="close" size={14} />
              </ActionIcon>
            </Stack>
          </Group>
        </Paper>
      ))}
      <Group>
        <Button variant="default" size="xs" onClick={() => add({ role: "user", content: "" })}>
          Add a message
        </Button>
        <Button
          variant="default"
          size="xs"
          onClick={() => add({ type: "placeholder", name: "history" })}
        >
          Add a placeholder
        </Button>
      </Group>
    </Stack>
  );
}
