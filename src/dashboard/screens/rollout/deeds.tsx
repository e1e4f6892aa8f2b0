import { Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Rollout } from "../../../features/rollouts/contract.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";

type Deed = {
  verb: "pause" | "resume" | "promote" | "abort";
  name: string;
  says: string;
  isDangerous: boolean;
};

const PAUSE: Deed = {
  verb: "pause",
  name: "Pause",
  says: "The split stays as it is. Nothing is promoted until it is resumed.",
  isDangerous: false,
};
const RESUME: Deed = {
  verb: "resume",
  name: "Resume",
  says: "It goes on with the evidence that it has.",
  isDangerous: false,
};
const PROMOTE: Deed = {
  verb: "promote",
  name: "Promote now",
  says: "The label moves to the candidate at once, whatever is proven.",
  isDangerous: true,
};
const ABORT: Deed = {
  verb: "abort",
  name: "Abort",
  says: "The split ends and the label stays at the control.",
  isDangerous: true,
};

const deedsOf = ({ isLive, state }: Rollout): Deed[] => {
  if (!isLive) return [];
  const isStanding = state === "paused" || state === "held";
  return [isStanding ? RESUME : PAUSE, PROMOTE, ABORT];
};

/** What a person may do with a live rollout, each with a reason that the ledger keeps. */
export function Deeds({ rollout }: { rollout: Rollout }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Deed>();
  return (
    <Group gap="xs">
      {deedsOf(rollout).map((deed) => (
        <Button
          key={deed.verb}
          variant="default"
          size="sm"
          {...(deed.isDangerous ? { c: "var(--mantine-color-error)" } : {})}
          onClick={() => setChosen(deed)}
        >
          {deed.name}
        </Button>
      ))}
      <ReasonDialog
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={`${chosen?.name ?? ""}: ${rollout.prompt}, ${rollout.label}`}
        confirm={chosen?.name ?? ""}
        isDangerous={chosen?.isDangerous ?? false}
        onConfirm={async (reason) => {
          if (!chosen) return;
          await api.send("POST", `/api/public/rollouts/${rollout.id}/${chosen.verb}`, { reason });
          await queries.invalidateQueries({ queryKey: [projectId, "rollouts"] });
        }}
      >
        <Text size="sm">{chosen?.says}</Text>
      </ReasonDialog>
    </Group>
  );
}
