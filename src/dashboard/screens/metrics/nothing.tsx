import { Empty } from "../../parts/empty.tsx";

const origin = (): string => window.location.origin;

/** A prompt without a generation: what links one to it, with this project's address. */
export const NoTraffic = ({ prompt }: { prompt: string }) => (
  <Empty
    title="No generation names this prompt yet"
    snippet={{
      label: "Link a generation to the prompt",
      text: `curl ${origin()}/api/public/ingestion \\
  -u "$PROMPTSIDE_PUBLIC_KEY:$PROMPTSIDE_SECRET_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"batch": [{
    "id": "'$(uuidgen)'", "type": "generation-create", "timestamp": "'$(date -u +%FT%TZ)'",
    "body": {
      "id": "'$(uuidgen)'", "traceId": "'$(uuidgen)'",
      "startTime": "'$(date -u +%FT%TZ)'", "model": "gpt-4o-mini",
      "usage": {"input": 420, "output": 140},
      "promptName": ${JSON.stringify(prompt).replaceAll("'", String.raw`'\''`)}, "promptVersion": 1
    }
  }]}'`,
    }}
  >
    The ABV and Langfuse SDKs link by themselves when the prompt is given to the generation. Numbers
    are here within two minutes.
  </Empty>
);

export const NoPrompts = () => (
  <Empty
    title="There is no prompt yet"
    snippet={{
      label: "Create a prompt",
      text: `curl ${origin()}/api/public/v2/prompts \\
  -u "$PROMPTSIDE_PUBLIC_KEY:$PROMPTSIDE_SECRET_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"name": "hello", "prompt": "Say hello to {{name}}.", "labels": ["production"]}'`,
    }}
  >
    Create one; then the generations that name it are measured here.
  </Empty>
);
