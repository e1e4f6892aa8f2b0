import { Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { FormDialog } from "./form-dialog.tsx";

type Asked = {
  onClose: () => void;
  title: string;
  children?: ReactNode | ((error: unknown) => ReactNode);
  /** What the button says that does it. */
  confirm: string;
  isDangerous?: boolean;
  /** Whether it can be done as it is filled in. */
  isReady?: boolean;
  /** Fields among the children that say beside themselves what is wrong with them. */
  fields?: readonly string[];
  isRequired?: boolean;
  /** Of the text; null where none is asked for. */
  label?: string | null;
  /** What must be typed first, where something cannot be taken back. */
  mustType?: string;
  onConfirm: (reason: string | undefined) => Promise<unknown>;
};

function Asking({
  children,
  isReady = true,
  isRequired = false,
  label = "Reason",
  mustType,
  onConfirm,
  ...dialog
}: Asked) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      {...dialog}
      isReady={isReady && (mustType === undefined || typed.trim() === mustType)}
      onConfirm={() => onConfirm(reason.trim() || undefined)}
    >
      {(error) => (
        <>
          {typeof children === "function" ? children(error) : children}
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
          {mustType !== undefined && (
            <TextInput
              label={`Type ${mustType} to confirm`}
              required
              autoComplete="off"
              value={typed}
              data-autofocus={label === null ? true : undefined}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

/** Asks before something is done that others will read about, or that cannot be taken back. */
export const ReasonDialog = ({ opened, ...asked }: Asked & { opened: boolean }) =>
  opened ? <Asking {...asked} /> : null;
