import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";

import { ErrorPanel } from "./error-panel.tsx";

/** Asks why before something is done that others will read about. Stays open with the error if it fails. */
export function ReasonDialog({
  opened,
  onClose,
  title,
  children,
  confirm,
  isDangerous = false,
  isRequired = false,
  label = "Reason",
  onConfirm,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  children?: ReactNode;
  /** What the button says that does it. */
  confirm: string;
  isDangerous?: boolean;
  isRequired?: boolean;
  /** Of the text; null where none is asked for. */
  label?: string | null;
  onConfirm: (reason: string | undefined) => Promise<unknown>;
}) {
  const [reason, setReason] = useState("");
  const doing = useMutation({
    mutationFn: () => onConfirm(reason.trim() || undefined),
    onSuccess: () => {
      setReason("");
      onClose();
    },
  });
  const close = (): void => {
    doing.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Stack>
          {children}
          {label !== null && (
            <Textarea
              label={label}
              value={reason}
              required={isRequired}
              maxLength={300}
              autosize
              minRows={2}
              data-autofocus
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {doing.error && <ErrorPanel error={doing.error} title="This was not done" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              {...(isDangerous ? { color: "red" } : {})}
              loading={doing.isPending}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
