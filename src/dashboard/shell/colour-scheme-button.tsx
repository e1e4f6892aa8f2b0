import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

import { Icon } from "../parts/icon.tsx";

export function ColourSchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme("light");
  const other = shown === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Change to ${other}`} withArrow>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`Change to the ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        <Icon name={shown === "dark" ? "sun" : "moon"} />
      </ActionIcon>
    </Tooltip>
  );
}
