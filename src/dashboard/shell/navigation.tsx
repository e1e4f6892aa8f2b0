import { NavLink } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";

import { Icon } from "../parts/icon.tsx";
import { PLACES } from "./places.ts";
import { useProject } from "./project.ts";

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  const { may } = useProject();
  return PLACES.filter(({ scope }) => may(scope)).map(({ to, label, icon }) => (
    <NavLink
      key={to}
      label={label}
      leftSection={<Icon name={icon} />}
      renderRoot={(props) => (
        <Link
          {...props}
          to={to}
          params={{ projectId }}
          activeProps={{ "data-active": true }}
          onClick={onNavigate}
        />
      )}
    />
  ));
}
