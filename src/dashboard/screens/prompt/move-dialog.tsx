import { Alert, Checkbox, List, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { MovedLabel } from "../../../features/prompts/labels/contract.ts";
import { ApiError, promptPath } from "../../api/client.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { type LabelState, promptKey, type SplitTable } from "./data.ts";

/** The usual ones are offered even where they do not exist yet. */
const USUAL = ["production", "staging"];
const NEW_LABEL = "+ another label";

const arrow = (label: string, from: number | undefined, to: number): string =>
  `${label}: ${from === undefined ? "nowhere" : `v${from}`} → v${to}`;

/** A move is refused when the label is not any more where the person saw it. */
function useMove(name: string) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return async (label: string, body: object): Promise<void> => {
    try {
      await api.send<MovedLabel>(
        "PUT",
        promptPath(name, `/labels/${encodeURIComponent(label)}`),
        body,
      );
    } finally {
      // Also after a refusal: somebody else has moved it.
      await queries.invalidateQueries({ queryKey: promptKey(id, name) });
      void queries.invalidateQueries({ queryKey: [id, "prompts"] });
    }
  };
}

function Consequences({
  label,
  from,
  to,
  split,
}: {
  label: string;
  from: number | undefined;
  to: number;
  split: SplitTable | undefined;
}) {
  return (
    <Stack gap="xs">
      <Text fw={600} size="lg" data-testid="move">
        {arrow(label, from, to)}
      </Text>
      <List size="sm">
        <List.Item>
          Callers that ask for {label} get version {to} within about a minute.
        </List.Item>
        <List.Item>It is kept in the ledger, and one call takes it back.</List.Item>
        {split && <List.Item>The split that runs on {label} ends.</List.Item>}
      </List>
    </Stack>
  );
}

/** Why the move will be, or was, refused. */
function Obstacles({ state, isConflict }: { state: LabelState; isConflict: boolean }) {
  const { may } = useProject();
  const { label, protected: isProtected } = state;
  return (
    <>
      {isProtected && !may("admin") && (
        <Alert color="orange" title={`${label} is protected`}>
          Only keys with the scope admin move it.
        </Alert>
      )}
      {isConflict && (
        <Alert color="orange" title="Somebody was quicker">
          What you see above is where {label} points now. Look again, then decide.
        </Alert>
      )}
    </>
  );
}

/** Labels that can be moved to the version, and those that are usual. */
function optionsOf(labels: readonly LabelState[], version: number): string[] {
  const movable = labels.filter((state) => state.label !== "latest" && state.version !== version);
  const known = new Set(labels.map(({ label }) => label));
  const usual = USUAL.filter((label) => !known.has(label));
  return [...movable.map(({ label }) => label), ...usual, NEW_LABEL];
}

/** Deploys a version: says what will change, asks why, and lets nobody overrule somebody unseen. */
export function MoveDialog({
  name,
  version,
  labels,
  splits,
  opened,
  onClose,
}: {
  name: string;
  version: number;
  labels: readonly LabelState[];
  splits: readonly SplitTable[];
  opened: boolean;
  onClose: () => void;
}) {
  const move = useMove(name);
  const options = optionsOf(labels, version);
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [endsSplit, setEndsSplit] = useState(false);
  const [conflict, setConflict] = useState(false);
  const selected = chosen ?? options[0] ?? NEW_LABEL;
  const label = selected === NEW_LABEL ? typed.trim() : selected;
  const state = labels.find((one) => one.label === label);
  const split = splits.find((one) => one.label === label);

  const deploy = async (reason: string | undefined): Promise<void> => {
    setConflict(false);
    try {
      await move(label, {
        version,
        reason: reason ?? null,
        expectedVersion: state?.version ?? null,
        ...(split ? { force: endsSplit } : {}),
      });
    } catch (error) {
      // A split in the way is refused likewise, and says so itself.
      setConflict(!split && error instanceof ApiError && error.status === 409);
      throw error;
    }
  };

  return (
    <ReasonDialog
      opened={opened}
      onClose={onClose}
      title={`Move a label to version ${version}`}
      confirm={label === "" ? "Move" : `Move ${label}`}
      onConfirm={deploy}
    >
      <Select
        label="Label"
        data={options}
        value={selected}
        allowDeselect={false}
        onChange={setChosen}
      />
      {selected === NEW_LABEL && (
        <TextInput
          label="Name of the label"
          description="a-z, 0-9, _, . and -; at most 36 characters"
          required
          maxLength={36}
          pattern="[a-z0-9_.\-]+"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {label !== "" && (
        <Consequences label={label} from={state?.version} to={version} split={split} />
      )}
      {split && (
        <Checkbox
          label={`End the split of ${label}`}
          checked={endsSplit}
          onChange={(event) => setEndsSplit(event.currentTarget.checked)}
        />
      )}
      {state && <Obstacles state={state} isConflict={conflict} />}
    </ReasonDialog>
  );
}
