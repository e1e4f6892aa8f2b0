import { type Entered, start } from "../../api/start.ts";
import { readWindow, windowOf } from "../../window.ts";
import { promptsQuery } from "../metrics/prompts-query.ts";
import { chosenArms } from "./arms.ts";
import { comparisonQuery, versionQuery, versionsQuery } from "./queries.ts";
import { readCompareSearch } from "./search.ts";

/** The comparing editor beside the screen's code; where that fails, the screen asks again. */
const preloadEditor = (): void => void import("./text-diff-view.tsx").catch(() => undefined);

/** What the screen needs, from the moment on that somebody goes there. */
export function startCompare({ params, location, preload }: Entered): void {
  if (preload) return;
  preloadEditor();
  const { projectId } = params;
  const search = readCompareSearch(location.search);
  const window = windowOf(readWindow(location.search), Date.now());
  const startArms = (prompt: string, control: number, candidate: number): void => {
    void start(comparisonQuery(projectId, { prompt, control, candidate }, window));
    for (const version of [control, candidate]) {
      void start(versionQuery(projectId, prompt, version));
    }
  };
  const startPrompt = async (prompt: string): Promise<void> => {
    const { control, candidate } = search;
    const isSaid = control !== undefined && candidate !== undefined && control !== candidate;
    // An address names versions that are there; where one is not, the screen chooses others.
    if (isSaid) startArms(prompt, control, candidate);
    const page = await start(versionsQuery(projectId, prompt));
    const arms = page && !isSaid ? chosenArms(page.data, search) : null;
    if (arms) startArms(prompt, arms.control, arms.candidate);
  };
  const prompts = start(promptsQuery(projectId, ""));
  if (search.prompt !== undefined) return void startPrompt(search.prompt);
  void prompts.then((page) => {
    const first = page?.data[0]?.name;
    return first === undefined ? undefined : startPrompt(first);
  });
}
