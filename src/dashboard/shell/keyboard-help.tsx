import { ActionIcon, Kbd, Modal, Table, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

import { Icon } from "../parts/icon.tsx";
import { useKeys } from "./keys.ts";
import { PLACES } from "./places.ts";

const GENERAL: [keys: string[], does: string][] = [
  [["Ctrl", "K"], "Find a prompt or a screen"],
  [["/"], "The same"],
  [["?"], "This help"],
  [["Esc"], "Close what is open"],
];

/** `?` shows every key; `g` and a letter goes to a screen. */
export function KeyboardHelp() {
  const [opened, { open, close }] = useDisclosure();
  useKeys(open);
  const rows = [
    ...GENERAL,
    ...PLACES.map(({ key, label }): [string[], string] => [["g", key], label]),
  ];
  return (
    <>
      <Tooltip label="Keys" withArrow>
        <ActionIcon variant="default" size="lg" aria-label="Keyboard help" onClick={open}>
          <Icon name="help" />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={close} title="Keys" centered>
        <Table>
          <Table.Tbody>
            {rows.map(([keys, does]) => (
              <Table.Tr key={does + keys.join(" ")}>
                <Table.Td w={110}>
                  {keys.map((key, place) => (
                    <Kbd key={place} mr={4}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Td>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
