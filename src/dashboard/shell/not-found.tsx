import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Empty } from "../parts/empty.tsx";

export const NotFound = () => (
  <Empty
    title="There is no such page"
    action={<Anchor renderRoot={(props) => <Link to="/" {...props} />}>To the prompts</Anchor>}
  >
    The address may be mistyped, or what it named is gone.
  </Empty>
);
