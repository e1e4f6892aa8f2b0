import { Box, Paper, Stack, Text } from "@mantine/core";

import { shownPayload } from "./payload.ts";

const Verbatim = ({ text, label }: { text: string; label: string }) => (
  <Box
    component="pre"
    className="verbatim"
    m={0}
    mah={420}
    tabIndex={0}
    aria-label={label}
    style={{ overflow: "auto" }}
  >
    {text}
  </Box>
);

/** An input or output: messages one by one, JSON indented, text as it is. Never as HTML. */
export function PayloadView({ label, payload }: { label: string; payload: unknown }) {
  const shown = shownPayload(payload);
  return (
    <Box component="section" aria-label={label}>
      <Text fw={600} size="sm" mb={4}>
        {label}
      </Text>
      {shown.kind === "none" && (
        <Text size="sm" c="dimmed">
          Nothing was sent or kept.
        </Text>
      )}
      {shown.kind === "messages" && (
        <Stack gap="xs">
          {shown.messages.map(({ role, text }, place) => (
            <Paper withBorder p="xs" key={place}>
              <Text size="xs" c="dimmed" fw={600}>
                {role}
              </Text>
              <Verbatim text={text} label={`${label}, message ${place + 1} of ${role}`} />
            </Paper>
          ))}
        </Stack>
      )}
      {(shown.kind === "text" || shown.kind === "json") && (
        <Paper withBorder p="xs">
          <Verbatim text={shown.text} label={label} />
        </Paper>
      )}
    </Box>
  );
}
