import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { Dialog, DialogForm, type FormProps } from "./form-dialog.tsx";
import { Snippet } from "./snippet.tsx";

export type Secret = { label: string; text: string };

/** What is said only once. Nobody can read it again, so the dialog is left on purpose only. */
const Secrets = ({ secrets, onClose }: { secrets: readonly Secret[]; onClose: () => void }) => (
  <Stack>
    <Text size="sm">Keep it now: it is shown this once, and nobody can read it again.</Text>
    {secrets.map(({ label, text }) => (
      <div key={label}>
        <Text size="sm" fw={500} mb={4}>
          {label}
        </Text>
        <Snippet label={label} text={text} />
      </div>
    ))}
    <Group justify="flex-end">
      <Button data-autofocus onClick={onClose}>
        I have kept it
      </Button>
    </Group>
  </Stack>
);

/**
 * A form that makes a secret, and then the secret.
 *
 * @param onConfirm the secrets that it made; where there are none, the dialog leaves
 */
export function SecretDialog({
  title,
  titleMade,
  onConfirm,
  ...form
}: Omit<FormProps, "onConfirm"> & {
  title: string;
  titleMade: string;
  onConfirm: () => Promise<readonly Secret[]>;
}) {
  const [secrets, setSecrets] = useState<readonly Secret[]>();
  const make = async (): Promise<void> => {
    const made = await onConfirm();
    if (made.length === 0) form.onClose();
    else setSecrets(made);
  };
  return (
    <Dialog
      title={secrets ? titleMade : title}
      size="lg"
      onClose={form.onClose}
      closeOnClickOutside={!secrets}
    >
      {secrets ? (
        <Secrets secrets={secrets} onClose={form.onClose} />
      ) : (
        <DialogForm {...form} onConfirm={make} />
      )}
    </Dialog>
  );
}
