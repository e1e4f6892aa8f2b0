import type { Shown } from "../format/number.ts";
import { exactInstant, instant as instantText, age as ageText } from "../format/time.ts";
import { useMinute, useTimeZone } from "../shell/project.ts";

/** A number for people; the exact one shows on hover. */
export const Exact = ({ text, exact }: Shown) => (
  <data value={exact} title={exact} style={{ whiteSpace: "nowrap" }}>
    {text}
  </data>
);

/** How long ago; the instant shows on hover. */
export function Age({ at }: { at: string }) {
  const timeZone = useTimeZone();
  const nowMs = useMinute();
  return (
    <time dateTime={at} title={exactInstant(at, timeZone)} style={{ whiteSpace: "nowrap" }}>
      {ageText(at, nowMs)}
    </time>
  );
}

/** An instant in the project's time zone; seconds and zone show on hover. */
export function Instant({ at }: { at: string }) {
  const timeZone = useTimeZone();
  return (
    <time dateTime={at} title={exactInstant(at, timeZone)} style={{ whiteSpace: "nowrap" }}>
      {instantText(at, timeZone)}
    </time>
  );
}
