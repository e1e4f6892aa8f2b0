import { Button, Group, Stack } from "@mantine/core";
import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
} from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Query } from "../api/client.ts";
import { useProject } from "../shell/project.ts";
import { ErrorPanel } from "./error-panel.tsx";
import { Lines } from "./loaded.tsx";

/** A page of a list as the API answers it. */
type Page<Row> = { data: Row[]; nextCursor: string | null };
type PagesQuery<Row> = UseInfiniteQueryResult<InfiniteData<Page<Row>>>;

/** A list that is read page by page, by its cursor. @param key what it is called among queries */
export function usePages<Row>(key: string, path: string, query: Query = {}): PagesQuery<Row> {
  const { id, api } = useProject();
  return useInfiniteQuery({
    queryKey: [id, key, query],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Row>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** The rows that were read so far, and a button for more; skeleton, error or `empty` in their place. */
export function Pages<Row>({
  pages,
  empty,
  children,
}: {
  pages: PagesQuery<Row>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
}) {
  if (pages.data === undefined) {
    if (!pages.error) return <Lines />;
    return <ErrorPanel error={pages.error} retry={() => void pages.refetch()} />;
  }
  const rows = pages.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0) return empty;
  return (
    <Stack>
      {children(rows)}
      {pages.error && <ErrorPanel error={pages.error} retry={() => void pages.fetchNextPage()} />}
      {pages.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}
