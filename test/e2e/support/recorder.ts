import type { HrTime } from "@opentelemetry/api";

type EndedSpan = { startTime: HrTime; endTime: HrTime; spanContext: () => { spanId: string } };

const microseconds = ([seconds, nanos]: HrTime): number => seconds * 1e6 + Math.floor(nanos / 1000);

/** A span processor that only remembers when spans began and ended: a witness beside the SDK's. */
export function spanRecorder() {
  const times = new Map<string, { startUs: number; endUs: number }>();
  return {
    timesOf: (spanId: string): { startUs: number; endUs: number } => {
      const found = times.get(spanId);
      if (!found) throw new Error(`span ${spanId} has not ended`);
      return found;
    },
    processor: {
      onStart: (): void => undefined,
      onEnd: (span: EndedSpan): void => {
        const { startTime, endTime } = span;
        times.set(span.spanContext().spanId, {
          startUs: microseconds(startTime),
          endUs: microseconds(endTime),
        });
      },
      forceFlush: (): Promise<void> => Promise.resolve(),
      shutdown: (): Promise<void> => Promise.resolve(),
    },
  };
}
