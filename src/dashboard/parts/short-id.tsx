/** An id of ours: a word, then 25 letters and digits that nobody reads. */
const LONG = /^(?:key:)?([a-z]+_)[0-9a-z]{16,}([0-9a-z]{5})$/;

/** An id by its last letters, which differ; all of it shows on hover. Anything else is shown as it is. */
export function ShortId({ id }: { id: string }) {
  const [, kind, end] = LONG.exec(id) ?? [];
  if (kind === undefined) return <span style={{ overflowWrap: "anywhere" }}>{id}</span>;
  return (
    <span title={id} style={{ whiteSpace: "nowrap" }}>
      {kind}…{end}
    </span>
  );
}
