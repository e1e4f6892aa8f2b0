/** A stretch of a template: text, or what will be put in its place. */
export type Piece =
  | { kind: "text"; text: string }
  | { kind: "variable"; text: string; name: string }
  | { kind: "reference"; text: string; name: string; selector: string };

/** A variable, or a reference to another prompt in either vendor's spelling. */
const MARKED =
  /\{\{([^{}]*)\}\}|@@@(?:langfuse|abvdev)Prompt:name=([^|@]+)\|((?:label|version)=[^|@]+)@@@/g;

/** Cuts a template where something will be put in. The texts of the pieces are the template again. */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  const plain = (upTo: number): void => {
    if (upTo > end) pieces.push({ kind: "text", text: template.slice(end, upTo) });
  };
  for (const match of template.matchAll(MARKED)) {
    const [text, variable, name, selector] = match;
    const isNameless = variable?.trim() === "";
    if (isNameless) continue;
    plain(match.index);
    if (variable !== undefined) pieces.push({ kind: "variable", text, name: variable.trim() });
    else pieces.push({ kind: "reference", text, name: name ?? "", selector: selector ?? "" });
    end = match.index + text.length;
  }
  plain(template.length);
  return pieces;
}
