import { Group, Stack, Text, Title } from "@mantine/core";

import { Loaded } from "../../parts/loaded.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Age } from "../../parts/shown.tsx";
import { type Deployment, useDeployments } from "./data.ts";

const place = (version: number | null): string => (version === null ? "nowhere" : `v${version}`);

const said = ({ label, from, to, kind }: Deployment): string => {
  if (kind === "split") return `the split of ${label} changed`;
  if (kind === "dependency") return `${label}: what it refers to moved`;
  return `${label}: ${place(from)} → ${place(to)}`;
};

/** The ledger of this prompt's labels. */
export function Deployments({ name }: { name: string }) {
  return (
    <Stack gap="xs">
      <Title order={2}>Deployments</Title>
      <Loaded query={useDeployments(name)}>
        {(deployments) =>
          deployments.length === 0 ? (
            <Text c="dimmed">No label has moved yet.</Text>
          ) : (
            <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }}>
              {deployments.map((deployment) => (
                <li key={deployment.id}>
                  <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
                    <Text size="sm" fw={500}>
                      {said(deployment)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      <Age at={deployment.at} />
                    </Text>
                  </Group>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {deployment.reason ?? "no reason given"} · <ShortId id={deployment.actor.id} />
                  </Text>
                </li>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}
