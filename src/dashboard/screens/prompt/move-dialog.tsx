import { List, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import type { MovedLabel } from "../../../features/prompts/labels/contract.ts";
import { useProject } from "../../shell/project.ts";
import { labelPath } from "./change.ts";
import type { LabelState, LiveSplit } from "./data.ts";
import { LabelDialog } from "./label-dialog.tsx";

/** The usual ones are offered even where they do not exist yet. */
const USUAL = ["production", "staging"];
const NEW_LABEL = "+ another label";

const place = (version: number | null): string => (version === null ? "nowhere" : `v${version}`);

/** What happens to the callers of a label that comes to be on another version. */
export const Move = ({
  label,
  from,
  to,
  isSplit,
}: {
  label: string;
  from: number | null;
  to: number | null;
  isSplit: boolean;
}) => (
  <Stack gap="xs">
    <Text fw={600} size="lg" data-testid="move">
      {label}: {place(from)} → {place(to)}
    </Text>
    <List size="sm">
      <List.Item>
        {to === null
          ? `Callers that ask for ${label} find nothing within about a minute; SDKs then use their fallback.`
          : `Callers that ask for ${label} get version ${to} within about a minute.`}
      </List.Item>
      <List.Item>
        It is kept in the ledger
        {to === null ? "; the label can be set again." : ", and one call takes it back."}
      </List.Item>
      {isSplit && <List.Item>The split that runs on {label} ends.</List.Item>}
    </List>
  </Stack>
);

type Option = { value: string; label: string; disabled?: boolean };

/** Labels that can be moved to the version, and those that are usual. */
function optionsOf(labels: readonly LabelState[], version: number, isAdmin: boolean): Option[] {
  const movable = labels.filter((state) => state.label !== "latest" && state.version !== version);
  const known = new Set(labels.map(({ label }) => label));
  const usual = USUAL.filter((label) => !known.has(label));
  return [
    ...movable.map(({ label, protected: isProtected }) =>
      isProtected && !isAdmin
        ? { value: label, label: `${label}: protected, moved by admins only`, disabled: true }
        : { value: label, label },
    ),
    ...[...usual, NEW_LABEL].map((label) => ({ value: label, label })),
  ];
}

/** Deploys a version: says what will change, asks why, and lets nobody overrule somebody unseen. */
export function MoveDialog({
  name,
  version,
  labels,
  splits,
  onClose,
}: {
  name: string;
  version: number;
  labels: readonly LabelState[];
  splits: readonly LiveSplit[];
  onClose: () => void;
}) {
  const { api, may } = useProject();
  const options = optionsOf(labels, version, may("admin"));
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const selected = chosen ?? options.find(({ disabled }) => !disabled)?.value ?? NEW_LABEL;
  const label = selected === NEW_LABEL ? typed.trim() : selected;
  const at = labels.find((one) => one.label === label)?.version ?? null;
  const split = splits.find((one) => one.label === label);
  return (
    <LabelDialog
      name={name}
      label={label}
      at={at}
      split={split}
      title={`Move a label to version ${version}`}
      confirm={label === "" ? "Move" : `Move ${label}`}
      act={(terms) => api.send<MovedLabel>("PUT", labelPath(name, label), { version, ...terms })}
      onClose={onClose}
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
      {label !== "" && <Move label={label} from={at} to={version} isSplit={split !== undefined} />}
    </LabelDialog>
  );
}
