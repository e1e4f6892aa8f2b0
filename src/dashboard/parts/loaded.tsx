import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorPanel } from "./error-panel.tsx";

/** Grey lines where text will stand. */
export const Lines = ({ count = 6, height = 22 }: { count?: number; height?: number }) => (
  <Stack gap="sm" role="status" aria-label="Loading">
    {Array.from({ length: count }, (_, line) => (
      <Skeleton key={line} height={height} width={`${100 - ((line * 17) % 40)}%`} />
    ))}
  </Stack>
);

/** A query's answer, or what stands for it: a skeleton while it loads, its error with a retry. */
export function Loaded<T>({
  query,
  skeleton = <Lines />,
  children,
}: {
  query: UseQueryResult<T>;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  return skeleton;
}
