import {
  type DocumentRef,
  isLabel,
  labelDocument,
  nameProblem,
  type PromptContent,
  textsOf,
  versionDocument,
} from "../model.ts";

/** Both vendors' spelling. */
const TOKEN = /@@@(?:langfuse|abvdev)Prompt:(.*?)@@@/g;

/** What a token refers to; undefined when it is not exactly a name and a label or version. */
function readToken(inner: string): DocumentRef | undefined {
  const [first = "", second = "", ...more] = inner.split("|");
  if (more.length > 0 || !first.startsWith("name=")) return undefined;
  const name = first.slice("name=".length).trim();
  if (nameProblem(name) !== undefined) return undefined;
  const [, key, value = ""] = /^(label|version)=(.*)$/.exec(second) ?? [];
  if (key === "label") return isLabel(value) ? labelDocument(name, value) : undefined;
  if (key !== "version" || !/^[1-9]\d{0,8}$/.test(value)) return undefined;
  return versionDocument(name, Number(value));
}

/** Puts a text in the place of every reference, as it is. What is no reference stays. */
export const replaceReferences = (text: string, textOf: (ref: DocumentRef) => string): string =>
  text.replaceAll(TOKEN, (token: string, inner: string) => {
    const ref = readToken(inner);
    return ref ? textOf(ref) : token;
  });

export const refKey = ({ name, kind, selector }: DocumentRef): string =>
  `${kind}/${selector}/${name}`;

/** What a template refers to, in order, each once. */
export function referencesOf(content: PromptContent): DocumentRef[] {
  const found = new Map<string, DocumentRef>();
  for (const text of textsOf(content)) {
    for (const [, inner = ""] of text.matchAll(TOKEN)) {
      const ref = readToken(inner);
      if (ref) found.set(refKey(ref), ref);
    }
  }
  return [...found.values()];
}
