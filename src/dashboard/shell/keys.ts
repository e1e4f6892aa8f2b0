import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { PLACES } from "./places.ts";

/** How long a `g` waits for its second key. */
const PATIENCE_MS = 1_500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

/** `g` then a letter goes to a screen, as PLACES says; `?` asks for help. @param help never changes */
export function useKeys(help: () => void): void {
  const navigate = useNavigate();
  const { projectId } = useParams({ from: "/projects/$projectId" });
  useEffect(() => {
    let pressedAtMs = -Infinity;
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "?") help();
      const isSecond = event.timeStamp - pressedAtMs < PATIENCE_MS;
      pressedAtMs = event.key === "g" ? event.timeStamp : -Infinity;
      const place = isSecond ? PLACES.find(({ key }) => key === event.key) : undefined;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to, params: { projectId } });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, projectId, help]);
}
