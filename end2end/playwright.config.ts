// Drives the real binary (EVENTGLASS_BIN) in a real Chromium. The server gets
// an empty folder, and each test its own user and project in it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

const binary = process.env.EVENTGLASS_BIN;
if (!binary) throw new Error("set EVENTGLASS_BIN to the program that is to be tested, or run `make test-browser`");
const port = Number(process.env.E2E_PORT ?? 8973);
// Workers read this file too: the folder is made once, by the first of them.
process.env.E2E_DATA ??= mkdtempSync(join(tmpdir(), "eventglass-e2e-"));

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  globalTeardown: "./teardown.ts",
  // Two cores: one browser, and the server beside it.
  workers: 1,
  retries: 0,
  // What hangs ends. A test of many pages takes 15 s, and 60 on a machine that is busy with something else.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.EVENTGLASS_CHROMIUM || undefined,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `"${resolve(binary)}" serve --addr 127.0.0.1:${port} --data "${process.env.E2E_DATA}"`,
    // Each user that a test makes comes from an address of its own (see newProject): so many from one are refused.
    env: { EVENTGLASS_TRUST_PROXY: "true" },
    url: `http://localhost:${port}/readyz`,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
  },
});
