// Looking into many events: the language, time, columns, views, export.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectFits, hydrated, newProject, rows, send, test, type Project } from "./support";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const events = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    event_id: `e${n}`,
    kind: "api_call",
    name: n % 4 ? `Order ${n} placed` : `Card of order ${n} declined`,
    service: n % 3 ? "pay" : "auth",
    environment: "production",
    severity: n % 4 ? "info" : "error",
    country: n % 2 ? "BR" : "DE",
    status_code: n % 4 ? 200 : 402,
    duration_ms: n,
    time: minutesAgo(n * 2 + 1),
    attributes: { plan: n % 5 ? "free" : "pro" },
  }));

async function opened(page: Page, search = ""): Promise<Project> {
  const project = await newProject(page);
  await send(page.request, project, events(60));
  await page.goto(`/p/${project.slug}/events${search}`);
  await hydrated(page);
  return project;
}
const box = (page: Page) => page.getByRole("combobox", { name: "Search events" });
const q = (page: Page) => new URL(page.url()).searchParams.get("q");

test("the box completes fields and values, and Enter runs", async ({ page }) => {
  await opened(page);
  await page.keyboard.press("/");
  await page.keyboard.type("declined serv");
  const list = page.getByRole("listbox");
  await expect(list.getByRole("option", { name: /^service/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(box(page)).toHaveAttribute("aria-activedescendant", "search-choice-0");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("declined service:");
  // The values are those of the events that match the rest.
  await expect(list.getByRole("option", { name: /^pay/ })).toContainText("10");
  await page.keyboard.type("pa");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveValue("declined service:pay ");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(10);
  expect(q(page)).toBe("declined service:pay");
  await expect(page.locator(".search-shade .q-key")).toHaveText("service:");
  // It is offered again.
  await box(page).fill("");
  await expect(list.getByRole("option", { name: /declined service:pay/ })).toBeVisible();
});

test("the box completes the names of attributes", async ({ page }) => {
  await opened(page);
  await page.keyboard.press("/");
  await page.keyboard.type("declined attributes.");
  const list = page.getByRole("listbox");
  // As many as match the rest.
  await expect(list.getByRole("option", { name: /attributes\.plan/ })).toContainText("15");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("declined attributes.plan:");
  await page.keyboard.type("pro");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(3);
});

test("days and hours are chosen by words", async ({ page }) => {
  await opened(page);
  const range = page.locator("#range > button");
  for (const words of ["today", "yesterday..now", "0:00..23:59", "last day"]) {
    await range.click();
    await page.getByLabel("Time", { exact: true }).fill(words);
    await page.getByLabel("Time", { exact: true }).press("Enter");
    await expect(page, words).toHaveURL(words === "last day" ? /from=-1d/ : /from=\d{4}-.*to=(\d{4}-|now)/);
  }
});

test("a search that cannot be read is pointed at, and the list stays", async ({ page }) => {
  const project = await opened(page);
  await box(page).fill("order latency:>fast");
  await box(page).press("Enter");
  const fault = page.getByRole("alert").filter({ hasText: "expected a duration" });
  await expect(fault).toContainText("at character 16");
  await expect(fault.locator(".q-wrong")).toHaveText("fast");
  await expect(box(page)).toHaveAttribute("aria-invalid", "true");
  await expect(rows(page)).toHaveCount(60);
  await page.goto(`/p/${project.slug}/events?q=latency:fast`);
  await expect(page.getByText("This search cannot be read")).toBeVisible();
  await expectAccessible(page);
});

test("facets include and exclude, and what they do is in the box", async ({ page }) => {
  await opened(page, "?q=order");
  const filters = page.getByRole("complementary", { name: "Filters" });
  await filters.getByText("pay", { exact: true }).click();
  await expect(box(page)).toHaveValue("order service:pay");
  await filters.getByText("auth", { exact: true }).click();
  await expect(box(page)).toHaveValue("order service:(pay OR auth)");
  await filters.getByText("pay", { exact: true }).click({ modifiers: ["Alt"] });
  await expect(box(page)).toHaveValue("order service:auth -service:pay");
  await filters.getByRole("button", { name: "Not severity error" }).press("Enter");
  await expect(box(page)).toHaveValue("order service:auth -service:pay -severity:error");
  await expect(rows(page)).toHaveCount(15);
  await filters.getByText("Country", { exact: true }).click();
  await filters.getByText("BR", { exact: true }).click();
  await expect(page).toHaveURL(/country:BR/);
  await page.goBack();
  await expect(box(page)).toHaveValue("order service:auth -service:pay -severity:error");
  await expectAccessible(page);
});

test("time is chosen by words, by the chart, and given back", async ({ page }) => {
  await opened(page);
  const range = page.locator("#range > button");
  await range.click();
  await page.getByLabel("Time", { exact: true }).fill("last 50m");
  await page.getByLabel("Time", { exact: true }).press("Enter");
  await expect(page).toHaveURL(/from=-50m/);
  await expect(rows(page)).toHaveCount(25);
  await range.click();
  await page.getByLabel("Time", { exact: true }).fill("soon");
  await page.getByLabel("Time", { exact: true }).press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "expected a span of time" })).toBeVisible();
  await page.keyboard.press("Escape");

  const chart = page.getByRole("region", { name: "Events over time" });
  await expect(chart).toContainText("25 events");
  const plot = chart.getByRole("slider");
  const place = (await plot.boundingBox())!;
  await page.mouse.move(place.x + place.width * 0.2, place.y + 20);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width * 0.6, place.y + 20, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=20.*to=20/);
  await expect.poll(() => rows(page).count()).toBeLessThan(20);
  const few = await rows(page).count();
  await page.getByRole("button", { name: "Zoom out" }).click();
  await expect.poll(() => rows(page).count()).toBeGreaterThan(few);
  // By the keyboard, too.
  const before = page.url();
  await plot.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(before);
  await page.goBack();
  await expect(page).toHaveURL(before);
});

test("columns are chosen, also attributes, and stay in this browser", async ({ page }) => {
  const project = await opened(page);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("button", { name: "Remove Kind" }).click();
  await page.getByLabel("Add a column").fill("attributes.plan");
  await page.getByLabel("Add a column").press("Enter");
  await page.getByLabel("Add a column").fill("country");
  await page.getByLabel("Add a column").press("Enter");
  const heads = page.getByRole("columnheader");
  await expect(heads).toHaveText(["Time", "Severity", "Service", "Event", "Code", "Duration", "plan", "Country"]);
  await page.getByRole("button", { name: "Move up Country" }).click();
  await page.getByRole("button", { name: "Comfortable" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/columns=time,severity,service,summary,status_code,duration_ms,country,attributes.plan/);
  await expect(rows(page).first()).toContainText("DE");
  await expect(rows(page).first()).toContainText("pro");
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await expect(heads.last()).toHaveText("plan");
  await expect(page.locator(".is-comfortable")).toBeVisible();
});

test("views are saved, opened, changed and deleted", async ({ page }) => {
  await opened(page, "?q=severity:error&from=-1h");
  const views = page.getByRole("button", { name: "Saved views" });
  await views.click();
  await page.getByRole("button", { name: "Save this search" }).click();
  await page.getByLabel("Name").fill("Errors of an hour");
  await page.getByLabel("Every member of the project sees it").check();
  await page.getByRole("button", { name: "Save the view" }).click();
  await expect(page).toHaveURL(/view=\d+/);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await views.click();
  await page.getByRole("link", { name: /Errors of an hour/ }).click();
  await expect(page).toHaveURL(/q=severity:error&from=-1h/);
  await box(page).fill("severity:error service:pay");
  await box(page).press("Enter");
  await views.click();
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save the changes" })).toHaveCount(0);
  await page.getByRole("button", { name: "Delete Errors of an hour" }).click();
  await page.getByRole("button", { name: "Delete Errors of an hour for good" }).click();
  await expect(page.getByText("Nothing is saved yet")).toBeVisible();
});

test("what was found is taken along", async ({ page }) => {
  await opened(page, "?q=severity:error");
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByText("15 events match.")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /JSON lines/ }).click();
  const file = await (await download).path();
  const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  expect(lines.length).toBe(15);
  expect(lines.every((event) => event.severity === "error")).toBe(true);
});

test("an export says how far it is, and can be stopped", async ({ page }) => {
  await opened(page);
  // One that never comes.
  let asked = 0;
  await page.route("**/export?**", () => void asked++);
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("link", { name: /CSV/ }).click();
  await expect(page.getByText(/^Exporting/)).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "How much of the export has come" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByText("The export was cancelled.")).toBeVisible();
  await expect(page.getByText(/^Exporting/)).toHaveCount(0);
  expect(asked).toBe(1);
  // The next one comes, whole.
  await page.unroute("**/export?**");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /CSV/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  expect(readFileSync(await file.path(), "utf8").trim().split("\r\n").length).toBe(61);
  await expect(page.getByText(/is complete\.$/)).toBeVisible();
});

test("values of an event narrow the search", async ({ page }) => {
  await opened(page);
  await rows(page).first().getByRole("link").click();
  const panel = page.locator("aside.detail");
  await panel.getByRole("button", { name: "Only with this service" }).click();
  await expect(box(page)).toHaveValue("service:auth");
  await panel.getByRole("button", { name: "Not with this plan" }).click();
  await expect(box(page)).toHaveValue("service:auth -attributes.plan:pro");
  await expect(rows(page)).toHaveCount(16);
});

for (const theme of ["light", "dark"] as const) {
  test(`menus and the drawer fit a phone, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 360, height: 800 });
    await opened(page);
    for (const name of ["Columns", "Export", "Saved views", "Filters"]) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.waitForTimeout(200);
      await expectAccessible(page);
      await expectFits(page);
      await page.keyboard.press("Escape");
    }
    await page.locator("#range > button").click();
    await expectAccessible(page);
    await expectFits(page);
  });
}
