import { Alert, Checkbox, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { ApiError } from "../../api/client.ts";
import { AnchorLink } from "../../parts/links.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { useChange } from "./change.ts";
import type { LiveSplit } from "./data.ts";
import { splitText } from "./split.ts";

/** What every change of a label is told beside what it is. */
export type Terms = { reason: string | null; expectedVersion: number | null; force: boolean };

/** A live split that the change would end, or take away from the rollout that steers it. */
export function SplitInTheWay({
  split: { label, owner, ...split },
  isForced,
  onForce,
}: {
  split: LiveSplit;
  isForced: boolean;
  onForce: (isForced: boolean) => void;
}) {
  const { id: projectId } = useProject();
  return (
    <Alert
      color="orange"
      title={owner === undefined ? `${label} is split` : `A rollout steers ${label}`}
    >
      <Stack gap="xs">
        <Text size="sm">
          It serves {splitText({ ...split })}.{" "}
          {owner !== undefined && (
            <AnchorLink
              inherit
              to="/projects/$projectId/rollouts/$rolloutId"
              params={{ projectId, rolloutId: owner }}
            >
              Look at the rollout
            </AnchorLink>
          )}
        </Text>
        <Checkbox
          label={
            owner === undefined ? `End the split of ${label}` : `Abort the rollout of ${label}`
          }
          checked={isForced}
          onChange={(event) => onForce(event.currentTarget.checked)}
        />
      </Stack>
    </Alert>
  );
}

/** Asks before a label serves something else, and lets nobody overrule somebody unseen. */
export function LabelDialog({
  name,
  label,
  at,
  split,
  act,
  children,
  ...dialog
}: {
  name: string;
  label: string;
  /** The version that it is on, as the person sees it; null: on none. */
  at: number | null;
  /** A split that stands in the way. */
  split: LiveSplit | undefined;
  title: string;
  confirm: string;
  isDangerous?: boolean;
  isReady?: boolean;
  fields?: readonly string[];
  act: (terms: Terms) => Promise<unknown>;
  onClose: () => void;
  children: ReactNode | ((error: unknown) => ReactNode);
}) {
  const change = useChange(name);
  const [isForced, setForced] = useState(false);
  const [refused, setRefused] = useState<number | null>();
  // Where the label is has been looked at again since.
  const isOvertaken = refused !== undefined && refused !== at;
  const onConfirm = async (reason: string | undefined): Promise<void> => {
    setRefused(undefined);
    try {
      await change(() => act({ reason: reason ?? null, expectedVersion: at, force: isForced }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setRefused(at);
      throw error;
    }
  };
  return (
    <ReasonDialog {...dialog} opened onConfirm={onConfirm}>
      {(error) => (
        <>
          {typeof children === "function" ? children(error) : children}
          {split && <SplitInTheWay split={split} isForced={isForced} onForce={setForced} />}
          {isOvertaken && (
            <Alert color="orange" title="Somebody was quicker">
              What you see above is where {label} points now. Look again, then decide.
            </Alert>
          )}
        </>
      )}
    </ReasonDialog>
  );
}
