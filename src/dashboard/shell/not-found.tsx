import { Empty } from "../parts/empty.tsx";
import { AnchorLink } from "../parts/links.tsx";

export const NotFound = () => (
  <Empty title="There is no such page" action={<AnchorLink to="/">To the prompts</AnchorLink>}>
    The address may be mistyped, or what it named is gone.
  </Empty>
);
