import { ActionIcon, Box, CopyButton, Tooltip } from "@mantine/core";

import { Icon } from "./icon.tsx";

/** Text to paste somewhere, with a button that copies it. */
export const Snippet = ({ text, label }: { text: string; label: string }) => (
  <Box
    pos="relative"
    bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-8))"
    bd="1px solid var(--mantine-color-default-border)"
    bdrs="md"
  >
    <Box
      component="pre"
      className="verbatim"
      tabIndex={0}
      aria-label={label}
      m={0}
      p="sm"
      pr={48}
      style={{ overflow: "auto" }}
    >
      {text}
    </Box>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy"} withArrow>
          <ActionIcon
            pos="absolute"
            top={6}
            right={6}
            variant="default"
            aria-label={copied ? "Copied" : `Copy: ${label}`}
            onClick={copy}
          >
            <Icon name={copied ? "check" : "copy"} size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  </Box>
);
