import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { Icon } from "./icon.tsx";

/** A filter that came with the address: what it is, and a way to be rid of it. */
export function ClearFilter({ name, value }: { name: string; value: string | undefined }) {
  const navigate = useNavigate();
  if (value === undefined) return null;
  return (
    <Button
      variant="default"
      size="xs"
      rightSection={<Icon name="close" size={12} />}
      aria-label={`${name}: ${value}; show every ${name}`}
      onClick={() =>
        void navigate({ to: ".", search: (before) => ({ ...before, [name]: undefined }) })
      }
    >
      {name}: {value}
    </Button>
  );
}
