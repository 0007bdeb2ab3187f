// What every test needs: a page that tolerates no error, users, projects and
// the real binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type APIRequestContext, type Page } from "@playwright/test";

export { expect };

let number = 0;
const run = Date.now().toString(36);

/** A name that no other test uses. */
export const unique = (what: string) => `${what}-${run}-${++number}`;

export interface Project {
  id: number;
  slug: string;
  key: string;
}

/** Failed requests are logged by Chromium as errors; those that a test provokes are fine. */
const expected = /status of 4\d\d/;

export const test = base.extend<{ errors: string[] }>({
  // Whatever the console calls an error fails the test: a panic of the WASM, a
  // refused script, a hydration that does not match.
  errors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        const bad = message.type() === "error" || /hydrat|Content Security Policy/i.test(message.text());
        if (bad && !expected.test(message.text())) errors.push(message.text());
      });
      await use(errors);
      expect(errors, "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Registers by the form, and is on /projects then. */
export async function register(page: Page) {
  await page.goto("/register");
  await hydrated(page);
  await page.getByLabel("E-mail").fill(`${unique("user")}@example.com`);
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/projects");
}

/** A new user with a session, and a project, by the API; the page is logged in. */
export async function newProject(page: Page): Promise<Project> {
  const email = `${unique("user")}@example.com`;
  // The page's own request context keeps the session's cookie.
  const part = () => Math.floor(Math.random() * 256);
  const registered = await page.request.post("/api/auth/register", {
    data: { email, password: "correct horse" },
    headers: { "x-forwarded-for": `10.${part()}.${part()}.${part()}` },
  });
  expect(registered.status()).toBe(201);
  const { token } = await registered.json();
  const created = await page.request.post("/api/v1/projects", {
    data: { name: unique("Shop") },
    headers: { authorization: `Bearer ${token}` },
  });
  expect(created.status()).toBe(201);
  const { project, api_key } = await created.json();
  return { id: project.id, slug: project.slug, key: api_key };
}

/** Sends events as an SDK would. */
export async function send(request: APIRequestContext, project: Project, events: object[]) {
  const answer = await request.post("/api/v1/events/batch", { data: events, headers: { "x-api-key": project.key } });
  expect(answer.status()).toBe(202);
  expect((await answer.json()).accepted).toBe(events.length);
}

/** Generates realistic events and pours them in, both with the real binary. */
export function generateAndIngest(baseURL: string, project: Project, count: number) {
  const binary = process.env.EVENTGLASS_BIN as string;
  const folder = mkdtempSync(join(tmpdir(), "eventglass-events-"));
  const file = join(folder, "events.jsonl");
  try {
    execFileSync(binary, ["generate", "--count", String(count), "--output", file], { stdio: "pipe" });
    execFileSync(binary, ["ingest", file, "--url", baseURL, "--api-key", project.key, "--batch", "100"], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until the WASM has taken over: until then buttons do nothing. */
export async function hydrated(page: Page) {
  await expect(page.locator("html")).toHaveAttribute("data-ready", "");
}

/** No accessibility fault of WCAG 2.1 AA, as far as axe can tell. */
export async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  expect(told).toEqual([]);
}

/** The page does not scroll sideways. */
export async function expectFits(page: Page) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide, "width of the page").toBeLessThanOrEqual(room);
}

/** The rows of the events list. */
export const rows = (page: Page) => page.getByRole("table", { name: /Events/ }).locator("[data-severity]");
