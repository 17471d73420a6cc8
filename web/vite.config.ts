import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a running server.
const server = process.env.BACKLOT_URL ?? "http://127.0.0.1:8080";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The server puts a nonce of its own into each answer (web/handler.go).
  html: command === "build" ? { cspNonce: "BACKLOT_NONCE" } : {},
  build: {
    target: "baseline-widely-available",
    modulePreload: { polyfill: false },
    // What the page begins with is one file: of 86 small ones each was asked for, and compressed, by itself.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "index", tags: ["$initial"] }] } } },
    assetsInlineLimit: 0,
    // dist/.gitkeep is committed, so that the Go program compiles without a build.
    // e2e holds the budget, gzipped; this limit is of the plain size.
    chunkSizeWarningLimit: 700,
    emptyOutDir: true,
    copyPublicDir: true,
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true, proxy: { "/api": server } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
}));
