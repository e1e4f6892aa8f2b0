import { join } from "node:path";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = join(import.meta.dirname, "src/dashboard");
/** Where `npm run dev` runs the Worker. */
const worker = process.env["PROMPTSIDE_WORKER"] ?? "http://localhost:8787";

/** A change of origin is a change of who asks: the Worker compares the Origin header with its own. */
const proxied = { target: worker, changeOrigin: true, headers: { origin: worker } };

/** The dashboard: static files that the Worker serves. */
export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, ".build/dashboard"),
    emptyOutDir: true,
    target: "es2023",
    sourcemap: false,
    // A file within a script or a style sheet would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What nearly every screen needs is one file: as thirty small ones it takes longer to come.
        codeSplitting: {
          groups: [
            {
              name: "common",
              test: /node_modules\/(react|react-dom|scheduler|clsx|@floating-ui|@mantine\/(core|hooks)|@tanstack)\//,
              minShareCount: 3,
            },
            // So is what several screens share of ours, but for what is loaded when it is drawn.
            {
              name: "parts",
              test: /src\/dashboard\/(parts|format|charts)\/(?!time-chart-drawing|series-drawing|time-tooltip|geometry|dates-form)/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    strictPort: true,
    proxy: { "/api/public": proxied, "/docs": proxied, "/mcp": proxied },
  },
});
