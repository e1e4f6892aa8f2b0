import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { Box } from "@mantine/core";
import { useEffect, useRef } from "react";

const look = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent", color: "var(--mantine-color-text)" },
  ".cm-content": { fontFamily: "var(--mantine-font-family-monospace)", padding: "8px 0" },
  "&.cm-focused": { outline: "2px solid var(--mantine-primary-color-filled)" },
  ".cm-changedLine": {
    backgroundColor: "light-dark(#e6f6e9, #10341c) !important",
  },
  ".cm-changedText": { background: "light-dark(#b5e4be, #1d6b37) !important" },
  ".cm-deletedChunk": {
    backgroundColor: "light-dark(#fdecec, #43161a) !important",
    paddingLeft: "6px",
  },
  ".cm-deletedText": { background: "light-dark(#f6bcbc, #8a2b33) !important" },
  ".cm-collapsedLines": {
    color: "var(--mantine-color-dimmed)",
    background: "var(--mantine-color-default-hover)",
  },
  // Its own signs are in few fonts.
  ".cm-collapsedLines::before, .cm-collapsedLines::after": {
    content: '"·"',
  },
  // Colour is not the only sign.
  ".cm-changedLine::before": { content: '"+ "', userSelect: "none" },
  ".cm-deletedLine::before": { content: '"− "', userSelect: "none" },
});

/** What one text has and another has not: lines taken out and put in, in one column. */
export function SourceDiff({
  before,
  after,
  label,
}: {
  before: string;
  after: string;
  label: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          look,
          EditorView.lineWrapping,
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({
            "aria-label": label,
            tabindex: "0",
            role: "textbox",
            "aria-multiline": "true",
            "aria-readonly": "true",
          }),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            gutter: false,
            collapseUnchanged: { margin: 3, minSize: 6 },
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, label]);
  return (
    <Box
      ref={place}
      bd="1px solid var(--mantine-color-default-border)"
      bdrs="md"
      style={{ overflow: "hidden" }}
    />
  );
}
