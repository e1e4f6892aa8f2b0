import {
  Anchor,
  type AnchorProps,
  Badge,
  type BadgeProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type LinkProps<Own> = Own & Omit<ComponentPropsWithRef<"a">, keyof Own>;

// Links to our own screens that look like Mantine's parts. `createLink` checks address and parameters.
export const AnchorLink = createLink((props: LinkProps<AnchorProps>) => <Anchor {...props} />);

export const ButtonLink = createLink((props: LinkProps<ButtonProps>) => (
  <Button component="a" {...props} />
));

export const BadgeLink = createLink((props: LinkProps<BadgeProps>) => (
  <Badge component="a" {...props} />
));

export const NavigationLink = createLink((props: LinkProps<NavLinkProps>) => (
  <NavLink component="a" {...props} />
));
