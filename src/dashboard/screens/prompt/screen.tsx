import { Stack, Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

const route = getRouteApi("/projects/$projectId/prompts/$name");

export function PromptScreen() {
  const { name } = route.useParams();
  return (
    <Stack>
      <Title order={1}>{name}</Title>
    </Stack>
  );
}
