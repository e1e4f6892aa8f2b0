import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";

/** Two texts beside each other need at least this much room, in pixels. */
const ROOM_FOR_TWO = 700;

const theme = (isDark: boolean) =>
  EditorView.theme(
    {
      "&": { fontSize: "var(--mantine-font-size-sm)", color: "var(--mantine-color-text)" },
      ".cm-content": { fontFamily: "var(--mantine-font-family-monospace)" },
      "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
        background: isDark ? "#7a2c2c" : "#ffc9c9",
        textDecoration: "line-through",
      },
      "&.cm-merge-b .cm-changedText, &.cm-merge-b.cm-editor .cm-changedText": {
        background: isDark ? "#1e5b34" : "#b2f2bb",
        textDecoration: "underline",
      },
    },
    { dark: isDark },
  );

const reading = (isDark: boolean, label: string) => [
  EditorView.lineWrapping,
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  // Not editable, so that it would not be reached by the keyboard otherwise.
  EditorView.contentAttributes.of({
    tabindex: "0",
    "aria-label": label,
    role: "textbox",
    "aria-readonly": "true",
    "aria-multiline": "true",
  }),
  theme(isDark),
];

export type Sides = { before: string; after: string; beforeName: string; afterName: string };

function drawn(parent: HTMLElement, sides: Sides, isDark: boolean, isNarrow: boolean): () => void {
  const { before, after, beforeName, afterName } = sides;
  if (isNarrow) {
    const view = new EditorView({
      parent,
      doc: after,
      extensions: [
        ...reading(isDark, `${afterName} with what changed since ${beforeName}`),
        unifiedMergeView({ original: before, mergeControls: false, gutter: true }),
      ],
    });
    return () => view.destroy();
  }
  const view = new MergeView({
    parent,
    a: { doc: before, extensions: reading(isDark, beforeName) },
    b: { doc: after, extensions: reading(isDark, afterName) },
    gutter: true,
    collapseUnchanged: { margin: 3, minSize: 6 },
  });
  return () => view.destroy();
}

/** Two texts beside each other, or where that is too narrow within each other, with what changed marked. */
export function TextDiffView({ before, after, beforeName, afterName }: Sides) {
  const place = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const isDark = useComputedColorScheme("light") === "dark";
  const isMeasured = width > 0;
  const isNarrow = width < ROOM_FOR_TWO;
  useEffect(() => {
    if (!place.current || !isMeasured) return;
    return drawn(place.current, { before, after, beforeName, afterName }, isDark, isNarrow);
  }, [before, after, beforeName, afterName, isDark, isNarrow, isMeasured]);
  return (
    <div ref={ref}>
      <div ref={place} />
    </div>
  );
}
