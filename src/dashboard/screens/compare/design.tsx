import { Alert, Badge, Group, List, Stack, Text } from "@mantine/core";

import type { Comparison } from "../../../features/comparisons/contract.ts";
import { count, percent } from "../../format/number.ts";
import { Icon } from "../../parts/icon.tsx";
import { GenerationsLink } from "../generations/links.tsx";
import { pText } from "./text.ts";

type Design = Comparison["design"];

const isRandomised = ({ kind }: Design): boolean => kind === "randomised, concurrent";

function SampleRatio({ ratio }: { ratio: NonNullable<Design["sampleRatio"]> }) {
  const total = ratio.control + ratio.candidate;
  const served = total === 0 ? null : ratio.candidate / total;
  const text = `${percent(served).text} of ${count(total).text} were the candidate's, ${percent(ratio.expectedShare).text} expected, p ${pText(ratio.p)}`;
  if (!ratio.mismatch) {
    return (
      <Text size="sm" c="dimmed">
        Sample ratio as promised: {text}.
      </Text>
    );
  }
  return (
    <Alert color="red" title="Sample ratio mismatch" icon={<Icon name="incident" />} role="alert">
      {text}. Something drops or moves generations of one version, so no number here can be trusted
      and every verdict is withheld.
    </Alert>
  );
}

/** How the two versions came to be compared, and what to beware of. */
export function DesignNotes({ comparison, prompt }: { comparison: Comparison; prompt: string }) {
  const { design, warnings, control, candidate } = comparison;
  const randomised = isRandomised(design);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Badge
          size="lg"
          tt="none"
          variant={randomised ? "filled" : "outline"}
          color={randomised ? "teal.9" : "orange.8"}
          {...(randomised ? {} : { c: "var(--mantine-color-text)" })}
        >
          {randomised ? "randomised" : "not randomised"}
        </Badge>
        {design.live && (
          <Badge size="lg" variant="default" tt="none">
            live: always-valid intervals
          </Badge>
        )}
        {[control, candidate].map(({ version, count: n }) => (
          <Text size="sm" key={version}>
            v{version}:{" "}
            <GenerationsLink search={{ promptName: prompt, promptVersion: version }}>
              {count(n).text} generations
            </GenerationsLink>
          </Text>
        ))}
      </Group>
      <Text size="sm">{design.says}</Text>
      {design.sampleRatio && <SampleRatio ratio={design.sampleRatio} />}
      {warnings.length > 0 && (
        <Alert
          color="orange"
          variant="light"
          title="Beware"
          icon={<Icon name="incident" />}
          aria-label="Warnings"
        >
          <List size="sm">
            {warnings.map(({ kind, message }) => (
              <List.Item key={`${kind} ${message}`}>{message}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}
