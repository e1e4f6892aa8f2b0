import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { IncidentDetail, RolledBack } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";

type Incident = Answer<typeof IncidentDetail>;
type Deed = {
  verb: "acknowledge" | "comment" | "resolve" | "rollback";
  name: string;
  label: string;
  says?: string;
  isDangerous?: boolean;
  isRequired?: boolean;
  /** The field of the request that takes what is typed. */
  field: "comment" | "text" | "reason";
};

const ACKNOWLEDGE: Deed = {
  verb: "acknowledge",
  name: "Acknowledge",
  label: "Comment",
  says: "Nobody is reminded of it any more.",
  field: "comment",
};
const COMMENT: Deed = {
  verb: "comment",
  name: "Comment",
  label: "Comment",
  isRequired: true,
  field: "text",
};
const RESOLVE: Deed = { verb: "resolve", name: "Resolve", label: "Comment", field: "comment" };

function deedsOf({ state, rollback }: Incident): Deed[] {
  const deeds: Deed[] = [];
  if (rollback.possible) {
    deeds.push({
      verb: "rollback",
      name: "Roll back",
      label: "Reason",
      says: rollback.why,
      isDangerous: true,
      field: "reason",
    });
  }
  if (state === "open") deeds.push(ACKNOWLEDGE);
  if (state !== "resolved") deeds.push(RESOLVE);
  return [...deeds, COMMENT];
}

/** What a person may do about an incident. */
export function Deeds({ incident }: { incident: Incident }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Deed>();
  const { label, to } = incident.rollback;
  const path = `/api/public/incidents/${encodeURIComponent(incident.id)}`;
  const act = async ({ verb, field }: Deed, text: string | undefined): Promise<void> => {
    const answer = await api.send<Partial<Answer<typeof RolledBack>>>(
      "POST",
      `${path}/${verb}`,
      text === undefined ? {} : { [field]: text },
    );
    if (answer.did !== undefined) notifications.show({ message: answer.did });
    await queries.invalidateQueries({ queryKey: [projectId] });
  };
  return (
    <Group gap="xs">
      {deedsOf(incident).map((deed) => (
        <Button
          key={deed.verb}
          size="sm"
          variant={deed.isDangerous ? "filled" : "default"}
          {...(deed.isDangerous ? { color: "red" } : {})}
          onClick={() => setChosen(deed)}
        >
          {deed.verb === "rollback" && to !== null
            ? `Roll back ${label ?? ""} to v${to}`
            : deed.name}
        </Button>
      ))}
      {chosen && (
        <ReasonDialog
          opened
          onClose={() => setChosen(undefined)}
          title={chosen.name}
          confirm={chosen.name}
          label={chosen.label}
          isDangerous={chosen.isDangerous ?? false}
          isRequired={chosen.isRequired ?? false}
          onConfirm={(text) => act(chosen, text)}
        >
          {chosen.says !== undefined && <Text size="sm">{chosen.says}</Text>}
        </ReasonDialog>
      )}
    </Group>
  );
}
