import { Stack, Text } from "@mantine/core";

import type { IncidentDetail } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { Instant } from "../../parts/shown.tsx";

type History = Answer<typeof IncidentDetail>["history"];

/** What happened to the incident, oldest first. */
export const Timeline = ({ history }: { history: History }) => (
  <Stack gap="xs" component="ol" m={0} pl="md">
    {history.map(({ at, event, actor, text }, place) => (
      <li key={`${at} ${place}`}>
        <Text size="sm" c="dimmed">
          <Instant at={at} /> · {event.replaceAll("_", " ")} by{" "}
          {actor.kind === "system" ? "Promptside" : actor.id}
        </Text>
        {text !== null && <Text className="verbatim">{text}</Text>}
      </li>
    ))}
  </Stack>
);
