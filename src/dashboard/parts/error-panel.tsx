import { Alert, Button, Group, Stack, Text } from "@mantine/core";

import { ApiError, linesOf } from "../api/client.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, field by field, and a way to try again. */
export function ErrorPanel({
  error,
  retry,
  title = "This could not be loaded",
}: {
  error: unknown;
  retry?: () => void;
  title?: string;
}) {
  const [first, ...fields] = linesOf(error);
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <Alert color="red" variant="light" title={title} icon={<Icon name="incident" />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{first}</Text>
        {fields.map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
        <Group gap="sm">
          {retry && (
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="retry" size={14} />}
              onClick={retry}
            >
              Try again
            </Button>
          )}
          {requestId !== null && (
            <Text size="xs" c="dimmed">
              Request {requestId}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
