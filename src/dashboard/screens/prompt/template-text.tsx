import { Box } from "@mantine/core";

import { AnchorLink } from "../../parts/links.tsx";
import { useProject } from "../../shell/project.ts";
import { type Piece, piecesOf } from "./template.ts";

const VARIABLE = {
  background: "light-dark(#d7e6fb, #17406f)",
  color: "var(--mantine-color-text)",
  borderRadius: 4,
  padding: "0 2px",
};

function Shown({ piece }: { piece: Piece }) {
  const { id: projectId } = useProject();
  if (piece.kind === "text") return piece.text;
  if (piece.kind === "variable") {
    return (
      <mark style={VARIABLE} title={`Variable ${piece.name}`}>
        {piece.text}
      </mark>
    );
  }
  return (
    <AnchorLink
      to="/projects/$projectId/prompts/$name"
      params={{ projectId, name: piece.name }}
      inherit
      underline="always"
      title={`The prompt ${piece.name}, ${piece.selector}, is put in here`}
    >
      {piece.text}
    </AnchorLink>
  );
}

/** A template as it was written: variables are marked, references lead to their prompt. */
export const TemplateText = ({ text }: { text: string }) => (
  <Box className="verbatim">
    {piecesOf(text).map((piece, place) => (
      <Shown key={place} piece={piece} />
    ))}
  </Box>
);
