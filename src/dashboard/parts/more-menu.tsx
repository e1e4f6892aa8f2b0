import { ActionIcon, Menu } from "@mantine/core";

import { Icon } from "./icon.tsx";

export type Deed = { name: string; act: () => void; isDangerous?: boolean };

/** What else can be done with something, behind one button; nothing where there is nothing. */
export const MoreMenu = ({
  label,
  deeds,
  isBusy = false,
}: {
  /** Of the button. */
  label: string;
  deeds: readonly Deed[];
  isBusy?: boolean;
}) =>
  deeds.length === 0 ? null : (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={30} loading={isBusy} aria-label={label}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {deeds.map(({ name, act, isDangerous = false }) => (
          <Menu.Item
            key={name}
            {...(isDangerous ? { c: "var(--mantine-color-error)" } : {})}
            onClick={act}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
