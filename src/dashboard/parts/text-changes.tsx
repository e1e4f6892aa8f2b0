import { Box, Stack, Text } from "@mantine/core";

import type { VersionDiff } from "../../features/prompts/diff/contract.ts";
import type { Answer } from "../api/client.ts";

type Diff = Answer<typeof VersionDiff>;
type Changes = NonNullable<Diff["text"]>;

/** A text with what was taken away struck through and what was added underlined. */
const Changed = ({ changes }: { changes: Changes }) => (
  <Box className="verbatim">
    {changes.map(({ op, text }, place) => {
      const key = `${op} ${place}`;
      if (op === "added") return <ins key={key}>{text}</ins>;
      if (op === "removed") return <del key={key}>{text}</del>;
      return <span key={key}>{text}</span>;
    })}
  </Box>
);

const MESSAGE_OPS = { same: "", changed: "changed", added: "added", removed: "removed" };

/** How one version's text differs from another's, by words and message by message. */
export function TextChanges({ diff }: { diff: Diff }) {
  if (diff.identical) return <Text c="dimmed">Both versions are alike.</Text>;
  return (
    <Stack gap="sm">
      {diff.text && <Changed changes={diff.text} />}
      {diff.messages?.map(({ op, from, to, role, placeholder, content }) => (
        <div key={`${from} ${to}`}>
          <Text size="sm" fw={600}>
            {role ?? `placeholder ${placeholder ?? ""}`} {MESSAGE_OPS[op]}
          </Text>
          <Changed changes={content} />
        </div>
      ))}
      {diff.config.map(({ path, op, from, to }) => (
        <Text size="sm" key={path}>
          config {path === "" ? "as a whole" : path} {op}
          {op !== "added" && <del className="verbatim"> {JSON.stringify(from)}</del>}
          {op !== "removed" && <ins className="verbatim"> {JSON.stringify(to)}</ins>}
        </Text>
      ))}
    </Stack>
  );
}
