import {
  Alert,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  localStorageColorSchemeManager,
  Modal,
  Notification,
} from "@mantine/core";

/** The same name as in public/colour-scheme.js, which reads it before the first paint. */
export const colourSchemes = localStorageColorSchemeManager({ key: "promptside-colour-scheme" });

const SYSTEM_FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const SYSTEM_MONOSPACE =
  'ui-monospace, SFMono-Regular, "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace';

const CLOSE = { "aria-label": "Close" };

export const theme = createTheme({
  respectReducedMotion: true,
  primaryColor: "blue",
  // Dark enough in light, and light enough in dark, for text on it and in it (WCAG AA).
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  fontFamily: SYSTEM_FONTS,
  fontFamilyMonospace: SYSTEM_MONOSPACE,
  headings: {
    fontFamily: SYSTEM_FONTS,
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  components: {
    // Its own colour misses a contrast of 4.5 on its own tint.
    Alert: Alert.extend({ styles: { label: { color: "var(--mantine-color-text)" } } }),
    // A cross alone says nothing to whoever hears the page.
    Modal: Modal.extend({ defaultProps: { closeButtonProps: CLOSE } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: CLOSE } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: CLOSE } }),
  },
});

/** Mantine's own greys for secondary text miss a contrast of 4.5 on its own backgrounds. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5a6169",
    "--mantine-color-placeholder": "#6b7178",
    "--mantine-color-error": "#c01818",
  },
  dark: {
    "--mantine-color-dimmed": "#a6abb2",
    "--mantine-color-placeholder": "#9096a0",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-anchor": "#74b3ff",
  },
});
