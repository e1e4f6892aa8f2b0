import { Button, Group, Stack, Text } from "@mantine/core";

import { Snippet } from "../../parts/snippet.tsx";

export type Secret = { label: string; text: string };

/** What is said only once. Nobody can read it again, so the dialog is left on purpose only. */
export const Secrets = ({ secrets, onClose }: { secrets: Secret[]; onClose: () => void }) => (
  <Stack>
    <Text size="sm">Keep it now: it is shown this once, and stored as its digest only.</Text>
    {secrets.map(({ label, text }) => (
      <div key={label}>
        <Text size="sm" fw={500} mb={4}>
          {label}
        </Text>
        <Snippet label={label} text={text} />
      </div>
    ))}
    <Group justify="flex-end">
      <Button onClick={onClose}>I have kept it</Button>
    </Group>
  </Stack>
);
