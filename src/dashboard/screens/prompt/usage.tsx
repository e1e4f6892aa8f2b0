import { Tabs } from "@mantine/core";

import { Snippet } from "../../parts/snippet.tsx";
import type { Prompt } from "./data.ts";
import { type Chosen, snippetsOf } from "./snippets.ts";

/** How a program fetches this version, in each SDK. */
export function Snippets({ prompt, chosen }: { prompt: Prompt; chosen: Chosen }) {
  const snippets = snippetsOf(prompt, chosen, location.origin);
  return (
    <Tabs defaultValue="0">
      <Tabs.List mb="sm">
        {snippets.map(({ sdk }, place) => (
          <Tabs.Tab key={sdk} value={String(place)}>
            {sdk}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ sdk, text }, place) => (
        <Tabs.Panel key={sdk} value={String(place)}>
          <Snippet label={`${sdk} program`} text={text} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
