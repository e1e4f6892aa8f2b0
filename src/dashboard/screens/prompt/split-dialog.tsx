import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { withQuery } from "../../api/client.ts";
import { percent } from "../../format/number.ts";
import { fieldError } from "../../parts/field-error.ts";
import { Icon } from "../../parts/icon.tsx";
import { useProject } from "../../shell/project.ts";
import { labelPath } from "./change.ts";
import { type LabelState, type LiveSplit, useVersions } from "./data.ts";
import { LabelDialog } from "./label-dialog.tsx";
import { type DraftArm, draftOf, restOf, splitText, wholeOf } from "./split.ts";

/** A split that a rollout steers stands in the way of whoever would change it by hand. */
const steered = (split: LiveSplit | undefined): LiveSplit | undefined =>
  split?.owner === undefined ? undefined : split;

function ArmField({
  arm,
  place,
  versions,
  error,
  onChange,
  onRemove,
}: {
  arm: DraftArm;
  place: number;
  /** That it can be: those that no other arm is. */
  versions: string[];
  error: string | undefined;
  onChange: (part: Partial<DraftArm>) => void;
  onRemove: (() => void) | undefined;
}) {
  return (
    <Group wrap="nowrap" align="flex-start" gap="xs">
      <Select
        aria-label={`Version of arm ${place}`}
        placeholder="Version"
        required
        searchable
        flex={1}
        data={versions.map((value) => ({ value, label: `v${value}` }))}
        value={arm.version}
        error={error}
        onChange={(version) => onChange({ version })}
      />
      <NumberInput
        aria-label={`Share of arm ${place} in per cent`}
        required
        min={0}
        max={100}
        decimalScale={2}
        suffix=" %"
        w={110}
        value={arm.percent}
        onChange={(share) => onChange({ percent: share })}
      />
      <ActionIcon
        variant="default"
        size={36}
        disabled={onRemove === undefined}
        aria-label={`Remove arm ${place}`}
        onClick={onRemove}
      >
        <Icon name="close" size={14} />
      </ActionIcon>
    </Group>
  );
}

/** Splits a label's traffic between versions, or changes the shares. */
export function SplitDialog({
  name,
  state: { label, version: control },
  split,
  onClose,
}: {
  name: string;
  state: LabelState;
  split: LiveSplit | undefined;
  onClose: () => void;
}) {
  const { api } = useProject();
  const [others, setOthers] = useState(() => draftOf(split));
  const versions = (useVersions(name).data?.pages ?? [])
    .flatMap(({ data }) => data)
    .map(({ version }) => String(version));
  const free = (own: string | null): string[] =>
    versions.filter(
      (version) =>
        version === own ||
        (version !== String(control) && others.every((arm) => arm.version !== version)),
    );
  const arms = wholeOf(control, others);
  const rest = restOf(others);
  const change = (id: number, part: Partial<DraftArm>): void =>
    setOthers((before) => before.map((arm) => (arm.id === id ? { ...arm, ...part } : arm)));
  const add = (): void =>
    setOthers((before) => [
      ...before,
      { id: Math.max(...before.map(({ id }) => id)) + 1, version: null, percent: 0 },
    ]);
  return (
    <LabelDialog
      name={name}
      label={label}
      at={control}
      split={steered(split)}
      title={split ? `Change the split of ${label}` : `Split ${label}`}
      confirm={split ? "Change the split" : "Split it"}
      isReady={arms !== undefined}
      act={({ reason, force }) =>
        api.send("PUT", withQuery(labelPath(name, label, "/split"), { force }), { arms, reason })
      }
      onClose={onClose}
    >
      {(error) => (
        <Stack gap="xs">
          <Text size="sm">
            Callers that ask for {label} get one of these versions. The same targeting key gets the
            same one.
          </Text>
          {others.map((arm, index) => (
            <ArmField
              key={arm.id}
              arm={arm}
              place={index + 1}
              versions={free(arm.version)}
              error={fieldError(error, `arms.${index + 1}`)}
              onChange={(part) => change(arm.id, part)}
              onRemove={
                others.length > 1
                  ? () => setOthers((before) => before.filter(({ id }) => id !== arm.id))
                  : undefined
              }
            />
          ))}
          <Group justify="space-between">
            <Text
              size="sm"
              role="status"
              {...(rest < 0 ? { c: "var(--mantine-color-error)" } : {})}
            >
              {rest < 0
                ? `Together more than 100 %: nothing is left to v${control}`
                : `v${control}, the control, keeps ${percent(rest / 100).text}`}
            </Text>
            {free(null).length > 0 && (
              <Button variant="default" size="xs" onClick={add}>
                Add a version
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </LabelDialog>
  );
}

/** Lets a label serve one version again. */
export function EndSplitDialog({
  name,
  split,
  onClose,
}: {
  name: string;
  split: LiveSplit;
  onClose: () => void;
}) {
  const { api } = useProject();
  const { label, version } = split;
  return (
    <LabelDialog
      name={name}
      label={label}
      at={version}
      split={steered(split)}
      title={`End the split of ${label}`}
      confirm="End the split"
      act={({ reason, force }) =>
        api.send(
          "DELETE",
          withQuery(labelPath(name, label, "/split"), { reason: reason ?? undefined, force }),
        )
      }
      onClose={onClose}
    >
      <Text fw={600}>
        {splitText(split)} → v{version} 100 %
      </Text>
      <Text size="sm">
        Callers that ask for {label} get version {version} within about a minute.
      </Text>
    </LabelDialog>
  );
}
