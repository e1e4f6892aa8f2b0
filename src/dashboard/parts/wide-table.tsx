import { Table, type TableProps } from "@mantine/core";

/** A table that scrolls by itself where it is wider than its place, by keyboard too. @param label what it holds */
export const WideTable = ({ label, ...props }: TableProps & { label: string }) => (
  <div className="wide-table" tabIndex={0} role="region" aria-label={label}>
    <Table {...props} />
  </div>
);
