import { Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";

import { placeholdersOf, variablesOf } from "../../../features/prompts/model.ts";
import { Snippet } from "../../parts/snippet.tsx";
import type { Prompt } from "./data.ts";
import { TemplateText } from "./template-text.tsx";

type Message = Exclude<Prompt["prompt"], string>[number];

const MessageCard = ({ message }: { message: Message }) => (
  <Paper withBorder p="sm">
    {"content" in message ? (
      <Stack gap={6}>
        <Text size="xs" fw={700} c="dimmed">
          {message.role}
        </Text>
        <TemplateText text={message.content} />
      </Stack>
    ) : (
      <Text size="sm">
        <Text span size="xs" fw={700} c="dimmed">
          messages{" "}
        </Text>
        The caller puts its list <b>{message.name}</b> in here.
      </Text>
    )}
  </Paper>
);

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <Group gap={6}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {names.map((name) => (
        <Badge key={name} variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
          {name}
        </Badge>
      ))}
    </Group>
  );
}

const hasConfig = (config: unknown): boolean =>
  typeof config !== "object" || config === null || Object.keys(config).length > 0;

/** What a version says, and what its callers must give. */
export function PromptContent({ prompt: { prompt, config } }: { prompt: Prompt }) {
  return (
    <Stack>
      {typeof prompt === "string" ? (
        <Paper withBorder p="sm">
          <TemplateText text={prompt} />
        </Paper>
      ) : (
        <Stack gap="xs">
          {prompt.map((message, place) => (
            <MessageCard key={place} message={message} />
          ))}
        </Stack>
      )}
      <Names title="Variables" names={variablesOf(prompt)} />
      <Names title="Placeholders" names={placeholdersOf(prompt)} />
      {hasConfig(config) && (
        <div>
          <Title order={3} mb="xs">
            Config
          </Title>
          <Snippet label="Config" text={JSON.stringify(config, null, 2)} />
        </div>
      )}
    </Stack>
  );
}
