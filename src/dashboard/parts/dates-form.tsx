import "@mantine/dates/styles.css";
import { Button, Stack, Text } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useState } from "react";

import { instantOf, wallClock } from "../../lib/time/zone.ts";

/** The picker speaks wall times of no zone; they are the project's. */
const toInstant = (timeZone: string, wall: string): string =>
  new Date(instantOf(timeZone, wall.slice(0, 16))).toISOString();

/** First and last instant of a window, in the project's time zone. */
export function DatesForm({
  from,
  to,
  timeZone,
  onChoose,
}: {
  from: string;
  to: string;
  timeZone: string;
  onChoose: (dates: { from: string; to: string }) => void;
}) {
  const [first, setFirst] = useState<string | null>(`${wallClock(timeZone, Date.parse(from))}:00`);
  const [last, setLast] = useState<string | null>(`${wallClock(timeZone, Date.parse(to))}:00`);
  const inOrder = first !== null && last !== null && first < last;
  return (
    <Stack gap="sm" w={260}>
      <DateTimePicker
        label="From"
        valueFormat="D MMM YYYY, HH:mm"
        value={first}
        onChange={setFirst}
        popoverProps={{ withinPortal: false }}
      />
      <DateTimePicker
        label="To"
        valueFormat="D MMM YYYY, HH:mm"
        value={last}
        onChange={setLast}
        popoverProps={{ withinPortal: false }}
        error={inOrder ? undefined : "must be after the first"}
      />
      <Text size="xs" c="dimmed">
        Times of {timeZone}
      </Text>
      <Button
        disabled={!inOrder}
        onClick={() => {
          if (first === null || last === null) return;
          onChoose({ from: toInstant(timeZone, first), to: toInstant(timeZone, last) });
        }}
      >
        Show
      </Button>
    </Stack>
  );
}
