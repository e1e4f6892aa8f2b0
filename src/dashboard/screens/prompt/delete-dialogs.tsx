import { Alert, List, Text } from "@mantine/core";
import { useState } from "react";

import { withQuery } from "../../api/client.ts";
import { AnchorLink } from "../../parts/links.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { useDelete } from "./change.ts";
import {
  type Dependant,
  type LabelState,
  useDependants,
  useLabels,
  useSplits,
  type Version,
} from "./data.ts";
import { SplitInTheWay } from "./label-dialog.tsx";

const SHOWN = 5;

/** Prompts that would lose what they insert: as long as there are any, nothing is deleted. */
function InsertedBy({ dependants }: { dependants: readonly Dependant[] }) {
  const { id: projectId } = useProject();
  if (dependants.length === 0) return null;
  return (
    <Alert color="orange" title="Other prompts insert it">
      <Text size="sm">It cannot be deleted as long as they do:</Text>
      <List size="sm">
        {dependants.slice(0, SHOWN).map(({ name, version, by }) => (
          <List.Item key={`${name} ${version} ${by.kind} ${by.selector}`}>
            <AnchorLink
              inherit
              to="/projects/$projectId/prompts/$name"
              params={{ projectId, name }}
              search={{ version }}
            >
              {name} v{version}
            </AnchorLink>{" "}
            by {by.kind} {by.selector}
          </List.Item>
        ))}
      </List>
      {dependants.length > SHOWN && <Text size="sm">and {dependants.length - SHOWN} more</Text>}
    </Alert>
  );
}

/** A deletion that moves a protected label is refused to all but admins. */
const Protected = ({ labels }: { labels: readonly LabelState[] }) =>
  labels.length > 0 && (
    <Alert
      color="orange"
      title={`${labels.map(({ label }) => label).join(", ")}: protected in this project`}
    >
      Only keys with the scope admin take it away.
    </Alert>
  );

type Going = {
  name: string;
  /** null: the prompt with all its versions. */
  version: number | null;
  labels: readonly LabelState[];
};

/** What stands in the way of a deletion: labels that are protected, prompts that insert it, live splits. */
function useObstacles({ name, version, labels }: Going) {
  const { may } = useProject();
  const isGone = (label: string): boolean => labels.some((one) => one.label === label);
  const dependants = (useDependants(name).data ?? []).filter(
    ({ by: { kind, selector } }) =>
      version === null || (kind === "label" ? isGone(selector) : Number(selector) === version),
  );
  const splits = (useSplits(name).data ?? []).filter(
    ({ arms }) => version === null || arms.some((arm) => arm.version === version),
  );
  const guarded = may("admin") ? [] : labels.filter((one) => one.protected);
  return { dependants, splits, guarded };
}

function DeleteDialog({
  name,
  version,
  labels,
  title,
  mustType,
  says,
  onClose,
}: Going & {
  title: string;
  mustType: string;
  says: readonly string[];
  onClose: () => void;
}) {
  const remove = useDelete(name);
  const [forced, setForced] = useState<readonly string[]>([]);
  const { dependants, splits, guarded } = useObstacles({ name, version, labels });
  const isForced = splits.length > 0 && splits.every(({ label }) => forced.includes(label));
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={title}
      confirm="Delete for good"
      isDangerous
      isReady={dependants.length + guarded.length === 0}
      label={null}
      mustType={mustType}
      onConfirm={() =>
        remove(
          version,
          withQuery("", { version: version ?? undefined, force: isForced || undefined }),
        )
      }
    >
      <List size="sm">
        {says.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
        <List.Item>
          Traffic that was measured stays, and so does the ledger of its labels.
        </List.Item>
        <List.Item>This cannot be taken back.</List.Item>
      </List>
      <Protected labels={guarded} />
      <InsertedBy dependants={dependants} />
      {splits.map((split) => (
        <SplitInTheWay
          key={split.label}
          split={split}
          isForced={forced.includes(split.label)}
          onForce={(isNow) =>
            setForced((before) =>
              isNow ? [...before, split.label] : before.filter((one) => one !== split.label),
            )
          }
        />
      ))}
    </ReasonDialog>
  );
}

/** Where `latest` goes when a version is deleted: nobody has to be told unless it was the newest. */
const lostBy = ({ labels }: Version): string[] => labels.filter((label) => label !== "latest");

/** Deletes one version of several. */
export function DeleteVersionDialog({
  name,
  version,
  onClose,
}: {
  name: string;
  version: Version;
  onClose: () => void;
}) {
  const lost = lostBy(version);
  const states = useLabels(name).data ?? [];
  const number = version.version;
  return (
    <DeleteDialog
      name={name}
      version={number}
      labels={states.filter(({ label }) => lost.includes(label))}
      title={`Delete version ${number}`}
      mustType={`v${number}`}
      says={[
        `Version ${number} of ${name} is not served any more. Its number is not used again.`,
        ...lost.map(
          (label) => `The label ${label} is removed: callers that ask for it find nothing.`,
        ),
      ]}
      onClose={onClose}
    />
  );
}

/** Deletes every version of a prompt. */
export function DeletePromptDialog({ name, onClose }: { name: string; onClose: () => void }) {
  return (
    <DeleteDialog
      name={name}
      version={null}
      labels={useLabels(name).data ?? []}
      title={`Delete ${name}`}
      mustType={name}
      says={[
        `Every version of ${name}, its labels and its tags go. Callers find nothing; SDKs then use their fallback.`,
      ]}
      onClose={onClose}
    />
  );
}
