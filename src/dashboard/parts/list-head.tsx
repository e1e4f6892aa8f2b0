import { Button, Group, SegmentedControl, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Icon } from "./icon.tsx";

/** The title of a screen that lists things, and beside it what makes a new one. */
export const ListHead = ({ title, children }: { title: string; children?: ReactNode }) => (
  <Group justify="space-between">
    <Title order={1}>{title}</Title>
    {children}
  </Group>
);

/** Makes a new one of what a screen lists. */
export const NewButton = ({ children, onClick }: { children: string; onClick: () => void }) => (
  <Button leftSection={<Icon name="plus" size={16} />} onClick={onClick}>
    {children}
  </Button>
);

/** Whether only those of now are listed, or all: the address says it by `show=all`. */
export function ShowSwitch({
  of,
  now,
  show,
}: {
  /** What is listed. */
  of: string;
  /** What those of now are called. */
  now: string;
  show: "all" | undefined;
}) {
  const navigate = useNavigate();
  return (
    <SegmentedControl
      aria-label={`Which ${of}`}
      data={[
        { value: "now", label: now },
        { value: "all", label: "All" },
      ]}
      value={show ?? "now"}
      onChange={(value) =>
        void navigate({
          to: ".",
          search: (before) => ({ ...before, show: value === "all" ? "all" : undefined }),
          replace: true,
        })
      }
    />
  );
}
