import { useParams } from "@tanstack/react-router";

import { Icon } from "../parts/icon.tsx";
import { NavigationLink } from "../parts/links.tsx";
import { PLACES } from "./places.ts";
import { useProject } from "./project.ts";

const ACTIVE = { active: true };

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  const { may } = useProject();
  return PLACES.filter(({ scope }) => may(scope)).map(({ to, label, icon }) => (
    <NavigationLink
      key={to}
      label={label}
      leftSection={<Icon name={icon} />}
      to={to}
      params={{ projectId }}
      activeProps={ACTIVE}
      onClick={onNavigate}
    />
  ));
}
