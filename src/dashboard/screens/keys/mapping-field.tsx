import { Alert, Button, Group, JsonInput, List, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { DryRunAnswer } from "../../../features/ingest/webhook/contract.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError, isSaidByFields } from "../../parts/field-error.ts";
import { Snippet } from "../../parts/snippet.tsx";
import { useProject } from "../../shell/project.ts";

const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };
const BODY = '{"trace": "trace-1", "rating": 4}';

const countOf = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

function Outcome({ events, accepted, errors }: DryRunAnswer) {
  return (
    <Stack gap="xs">
      <Alert
        role="status"
        color={errors.length === 0 ? "green" : "orange"}
        title={`It makes ${countOf(events.length, "event")}; ${accepted} would be taken`}
      >
        {errors.length === 0 ? (
          "Nothing was stored."
        ) : (
          <List size="sm">
            {errors.map(({ id, message }) => (
              <List.Item key={`${id} ${message}`} style={{ overflowWrap: "anywhere" }}>
                {id}: {message}
              </List.Item>
            ))}
          </List>
        )}
      </Alert>
      <Snippet label="Events that it makes" text={JSON.stringify(events, null, 2)} />
    </Stack>
  );
}

/** What the sender would post, or why its text is no JSON. */
function bodyOf(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** An expression that makes events of what is posted, tried before it is saved. */
export function MappingField({
  mapping,
  error,
  onChange,
}: {
  mapping: string;
  error: string | undefined;
  onChange: (mapping: string) => void;
}) {
  const { api } = useProject();
  const [text, setText] = useState(BODY);
  const body = bodyOf(text);
  const trial = useMutation({
    mutationFn: (value: unknown) =>
      api.send<DryRunAnswer>("POST", "/api/public/sources/dry-run", { mapping, body: value }),
  });
  return (
    <>
      <Textarea
        label="Expression"
        description="JMESPath that makes one of our events, or a list of them, of what is posted"
        placeholder="{type: 'score', data: {traceId: trace, name: 'stars', value: rating}}"
        required
        autosize
        minRows={3}
        maxLength={4000}
        styles={MONOSPACE}
        value={mapping}
        error={error ?? fieldError(trial.error, "mapping")}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          // What came of a trial is of the expression that was tried, not of this one.
          trial.reset();
        }}
      />
      <JsonInput
        label="A body to try it on"
        autosize
        minRows={2}
        maxRows={12}
        styles={MONOSPACE}
        value={text}
        error={"problem" in body ? body.problem : fieldError(trial.error, "body")}
        onChange={(now) => {
          setText(now);
          trial.reset();
        }}
      />
      <Group>
        <Button
          variant="default"
          size="xs"
          loading={trial.isPending}
          disabled={mapping.trim() === "" || "problem" in body}
          onClick={() => {
            if ("value" in body) trial.mutate(body.value);
          }}
        >
          Try it
        </Button>
      </Group>
      {trial.data && <Outcome {...trial.data} />}
      {trial.error && !isSaidByFields(trial.error, ["mapping", "body"]) && (
        <ErrorPanel error={trial.error} title="It could not be tried" />
      )}
    </>
  );
}
