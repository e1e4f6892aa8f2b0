import { Box, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** A name and what it is. */
export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <Box>
    <Text size="xs" c="dimmed">
      {name}
    </Text>
    <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
      {children}
    </Text>
  </Box>
);
