import { Stack, Title } from "@mantine/core";

export function PromptsScreen() {
  return (
    <Stack>
      <Title order={1}>Prompts</Title>
    </Stack>
  );
}
