import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useEffect, useState } from "react";

import { ErrorPanel } from "./error-panel.tsx";
import { isSaidByFields } from "./field-error.ts";

/** What opened a dialog. An entry of a menu is gone when the dialog closes; the menu's button is not. */
function openerOf(focused: Element | null): HTMLElement | null {
  const menu = focused?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  const opener =
    typeof menu === "string" ? document.querySelector(`#${CSS.escape(menu)}`) : focused;
  return opener instanceof HTMLElement ? opener : null;
}

/** Over the page while it is rendered; the focus returns to what opened it, for whoever works by keyboard. */
export function Dialog({
  children,
  ...modal
}: Pick<ModalProps, "title" | "size" | "onClose" | "closeOnClickOutside" | "children">) {
  const [opener] = useState(() => openerOf(document.activeElement));
  useEffect(() => () => opener?.focus(), [opener]);
  return (
    <Modal opened centered returnFocus={false} {...modal}>
      {children}
    </Modal>
  );
}

export type FormProps = {
  /** What the button says that does it. */
  confirm: string;
  /** What is said above an error. */
  failure?: string;
  isDangerous?: boolean;
  /** Whether it can be done as it is filled in. */
  isReady?: boolean;
  /** Fields that say beside themselves what is wrong with them. */
  fields?: readonly string[];
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
  children: ReactNode | ((error: unknown) => ReactNode);
};

/** The fields of a dialog, and its buttons. It stays with the error when what it does fails. */
export function DialogForm({
  confirm,
  failure = "This was not done",
  isDangerous = false,
  isReady = true,
  fields = [],
  onClose,
  onConfirm,
  children,
}: FormProps) {
  const doing = useMutation({ mutationFn: onConfirm });
  // What was refused is not what stands there any more.
  const [isMended, setMended] = useState(false);
  const isSaid = isMended || isSaidByFields(doing.error, fields);
  return (
    <form
      onInput={() => setMended(true)}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        setMended(false);
        if (isReady) doing.mutate();
      }}
    >
      <Stack>
        {typeof children === "function" ? children(doing.error) : children}
        {doing.error && !isSaid && <ErrorPanel error={doing.error} title={failure} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            {...(isDangerous ? { color: "red" } : {})}
            loading={doing.isPending}
            disabled={!isReady}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A form over the page, there while it is rendered. It leaves when what it does is done. */
export const FormDialog = ({
  title,
  size = "md",
  onConfirm,
  ...form
}: FormProps & { title: string; size?: ModalProps["size"] }) => (
  <Dialog title={title} size={size} onClose={form.onClose}>
    <DialogForm
      {...form}
      onConfirm={async () => {
        await onConfirm();
        form.onClose();
      }}
    />
  </Dialog>
);
