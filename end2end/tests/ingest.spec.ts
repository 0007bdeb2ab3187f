// The page of ingest and the settings of a project: what was refused is seen,
// replayed and deleted; limits are set and hold.
import { expect, expectAccessible, expectFits, hydrated, newProject, send, test, type Project } from "./support";
import type { APIRequestContext, Page } from "@playwright/test";

/** Sends events of which some are refused; what the answer says is up to the test. */
const pour = async (request: APIRequestContext, project: Project, events: object[]) =>
  (await request.post("/api/v1/events/batch", { data: events, headers: { "x-api-key": project.key, "user-agent": "shop-sdk/1.2.3" } })).json();

const secondsAhead = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const shouting = (n: number) => ({ event_id: `loud-${n}`, kind: "log", severity: "shouting", message: `loud ${n}` });

const SEVERITY = /^severity: unknown severity/;
const FUTURE = /^time: must not be more than 300 seconds/;
const panel = (page: Page) => page.getByRole("complementary", { name: "Refused" });
const reasonRow = (page: Page, reason: RegExp) =>
  page.getByRole("table", { name: "Reasons of refusal" }).getByRole("row").filter({ has: page.getByRole("link", { name: reason }) });
/** One of the numbers above the chart. */
const number = (page: Page, name: string) => page.locator(".stat", { hasText: name }).locator(".stat-value");

test("an empty page says what to do, and comes alive by itself", async ({ page }) => {
  const project = await newProject(page);
  await page.goto(`/p/${project.slug}/ingest`);
  await hydrated(page);
  await expect(page.getByText("Nothing has come yet")).toBeVisible();
  await send(page.request, project, [{ kind: "log" }]);
  await expect(number(page, "Accepted")).toHaveText("1");
  await expect(page.getByText("Nothing. What is refused is kept here")).toBeVisible();
});

test("the chart counts what came, and its numbers take it apart", async ({ page }) => {
  const project = await newProject(page);
  await pour(page.request, project, [{ event_id: "a", kind: "log" }, { event_id: "b", kind: "log" }, shouting(1)]);
  await pour(page.request, project, [{ event_id: "a", kind: "log" }]);
  await page.goto(`/p/${project.slug}/ingest`);
  // The server drew it: the numbers are there before any script has run.
  await expect(number(page, "Accepted")).toHaveText("2");
  await expect(number(page, "Duplicates")).toHaveText("1");
  await expect(number(page, "Refused")).toHaveText("1");
  await expect(number(page, "Requests")).toHaveText("2");
  await hydrated(page);
  const layer = (name: string) => page.locator(`.chart-plot g.hue-${name} > path`);
  await expect(layer("good")).toHaveAttribute("d", /^M\d/);
  await expect(layer("bad")).toHaveAttribute("d", /^M\d/);
  await expect(layer("edge")).toHaveAttribute("d", "");

  // The keyboard reads it out bar by bar; what came is in the last or, across
  // the turn of a minute, in the last two.
  const slider = page.getByRole("slider", { name: "What came over time: go through time" });
  await slider.focus();
  await slider.press("End");
  await slider.press("ArrowLeft");
  await slider.press("ArrowRight");
  await expect.poll(async () => {
    const last = (await slider.getAttribute("aria-valuetext")) ?? "";
    await slider.press("ArrowLeft");
    const before = (await slider.getAttribute("aria-valuetext")) ?? "";
    await slider.press("ArrowRight");
    return last + before;
  }).toMatch(/Refused 1/);

  await page.getByRole("button", { name: /^Accepted/ }).click();
  await expect(page).toHaveURL(/hide=accepted/);
  await expect(layer("good")).toHaveAttribute("d", "");
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("button", { name: /^Accepted/ })).toHaveAttribute("aria-pressed", "false");

  await page.getByText("The same as a table").click();
  await expect(page.getByRole("table", { name: "What came over time" }).getByRole("row").nth(1)).toContainText(/2/);
  await expect(page.getByRole("table", { name: "Senders" })).toContainText("shop-sdk/1.2.3");
  await expect(page.getByRole("table", { name: "Doors" })).toContainText("Native");

  await page.getByRole("link", { name: "24 h" }).click();
  await expect(page).toHaveURL(/minutes=1440/);
  await expect(page.locator("#traffic-told")).toContainText("15 minutes");
  await expect(number(page, "Accepted")).toHaveText("2");
});

test("a page that is looked at stays up to date", async ({ page }) => {
  const project = await newProject(page);
  await pour(page.request, project, [shouting(1)]);
  await page.goto(`/p/${project.slug}/ingest`);
  await hydrated(page);
  const link = page.getByRole("link", { name: SEVERITY });
  await link.focus();
  await pour(page.request, project, [shouting(2), { kind: "log" }]);
  await expect(number(page, "Refused")).toHaveText("2");
  await expect(number(page, "Accepted")).toHaveText("1");
  await expect(reasonRow(page, SEVERITY)).toContainText("2");
  // What was drawn again is where it was.
  await expect(link).toBeFocused();
});

test("what is refused is shown with what is wrong, and refused again", async ({ page }) => {
  const project = await newProject(page);
  await pour(page.request, project, [shouting(1), { kind: "log" }, shouting(2)]);
  await page.goto(`/p/${project.slug}/ingest`);
  await hydrated(page);
  await page.getByRole("link", { name: SEVERITY }).click();
  await expect(page).toHaveURL(/reason=severity/);
  await expect(page.getByRole("heading", { name: "Refused", exact: true })).toBeFocused();
  const items = panel(page).getByRole("article");
  await expect(items).toHaveCount(2);
  await expect(items.first()).toContainText("[2].severity");
  await expect(items.first()).toContainText("loud-2");
  await expect(items.first().locator(".json")).toContainText("shouting");
  // The address names what is open.
  await page.reload();
  await hydrated(page);
  await expect(items).toHaveCount(2);

  await items.first().getByRole("button", { name: "Replay" }).click();
  await expect(page.getByText("Replayed: 1 refused again.")).toBeVisible();
  await expect(items).toHaveCount(2);
  await panel(page).getByRole("button", { name: "Replay all" }).click();
  await expect(page.getByText("Replayed: 2 refused again.")).toBeVisible();
  await expect(items).toHaveCount(2);

  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/p/${project.slug}/ingest$`));
});

test("an event that was ahead of its time is taken once that has come", async ({ page }) => {
  const project = await newProject(page);
  // 300 seconds ahead are forgiven: soon, these will be no more than that.
  const time = secondsAhead(303);
  const answer = await pour(page.request, project, [1, 2, 3].map((n) => ({ event_id: `early-${n}`, kind: "log", time })));
  expect(answer.rejected ?? answer.errors).toBeTruthy();
  await page.goto(`/p/${project.slug}/ingest`);
  await hydrated(page);
  await page.getByRole("link", { name: FUTURE }).click();
  const items = panel(page).getByRole("article");
  await expect(items).toHaveCount(3);
  await page.waitForTimeout(Math.max(0, Date.parse(time) - 300_000 - Date.now() + 200));
  await items.last().getByRole("button", { name: "Replay" }).click();
  await expect(page.getByText("Replayed: 1 stored.")).toBeVisible();
  await expect(items).toHaveCount(2);
  await panel(page).getByRole("button", { name: "Replay all" }).click();
  await expect(page.getByText("Replayed: 2 stored.")).toBeVisible();
  await expect(panel(page)).toContainText("Nothing is kept that was refused for this reason");
  await expect(page.getByText("Nothing. What is refused is kept here")).toBeVisible();
  const { items: stored } = await (await page.request.get(`/api/v1/projects/${project.id}/events`)).json();
  expect(stored.map((event: { event_id: string }) => event.event_id).sort()).toEqual(["early-1", "early-2", "early-3"]);
});

test("what is refused is deleted, one or all, when one is sure", async ({ page }) => {
  const project = await newProject(page);
  await pour(page.request, project, Array.from({ length: 25 }, (_, n) => shouting(n)));
  await page.goto(`/p/${project.slug}/ingest`);
  await hydrated(page);
  await page.getByRole("link", { name: SEVERITY }).click();
  const items = panel(page).getByRole("article");
  await expect(items).toHaveCount(20);
  await panel(page).getByRole("button", { name: "Load more" }).click();
  await expect(items).toHaveCount(25);
  // More come: what is being read stays as it is until one asks.
  await pour(page.request, project, [shouting(25)]);
  await expect(reasonRow(page, SEVERITY)).toContainText("26");
  await expect(items).toHaveCount(25);
  await expect(items.first()).toContainText("loud-24");
  await expect(panel(page)).toContainText("26 kept");

  const dialog = page.getByRole("dialog");
  await items.first().getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(items).toHaveCount(25);
  await items.first().getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(items).toHaveCount(24);
  await expect(items.first()).toContainText("loud-23");
  await expect(reasonRow(page, SEVERITY)).toContainText("25");
  await panel(page).getByRole("button", { name: "Look for newer ones" }).click();
  await expect(items.first()).toContainText("loud-25");

  await panel(page).getByRole("button", { name: "Delete all" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(items).toHaveCount(0);
  await expect(page.getByText("Nothing. What is refused is kept here")).toBeVisible();
});

test("settings are saved, kept and enforced", async ({ page }) => {
  const project = await newProject(page);
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.waitForURL("**/settings/general");
  const limit = page.getByLabel("Requests of all keys, per minute");
  await expect(limit).toHaveValue("");
  await limit.fill("0");
  await expect(page.getByText("Not saved yet.")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("must be a whole number, at least 1")).toBeVisible();
  await expect(limit).toBeFocused();

  await limit.fill("1");
  await page.getByLabel("Refuse with 409").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("All is saved.")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(limit).toHaveValue("1");
  await expect(page.getByLabel("Refuse with 409")).toBeChecked();
  await expect(page.getByLabel("Requests of one key, per minute")).toHaveValue("10000");

  const once = () => page.request.post("/api/v1/events", { data: { kind: "log" }, headers: { "x-api-key": project.key } });
  expect((await once()).status()).toBe(202);
  const second = await once();
  expect(second.status()).toBe(429);
  expect(Number(second.headers()["retry-after"])).toBeGreaterThan(0);
  await page.getByRole("link", { name: "Ingest" }).click();
  await expect(number(page, "Limited")).toHaveText("1");
});

test("the plan shows how much of the month is used", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, [{ kind: "log" }, { kind: "log" }]);
  await page.goto(`/p/${project.slug}/settings/general`);
  await hydrated(page);
  await expect(page.getByText("2 events; the plan has no limit")).toBeVisible();
  await page.getByLabel("How much a month may hold").selectOption("free");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("progressbar", { name: "How much of the month is used" })).toHaveAttribute("value", "2");
  await page.getByRole("link", { name: "Keys" }).last().click();
  await page.waitForURL("**/settings/keys");
  await expect(page.getByRole("button", { name: "New key" })).toBeVisible();
});

for (const theme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    test(`ingest and settings are accessible, ${theme}, ${width} px wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const empty = await newProject(page);
      await page.goto(`/p/${empty.slug}/ingest`);
      await hydrated(page);
      await expectAccessible(page);
      await expectFits(page);
      const project = await newProject(page);
      await pour(page.request, project, [
        { kind: "log", message: "x" },
        shouting(1),
        { ...shouting(2), attributes: { long: "y".repeat(400), deep: [{ a: 1 }] } },
      ]);
      await page.request.post("/api/v1/ingestion/events", { data: { event_type: "x" }, headers: { "x-api-key": project.key } });
      const { reasons } = await (await page.request.get(`/api/v1/projects/${project.id}/ingest`)).json();
      for (const path of [
        "ingest",
        "ingest?minutes=360&hide=accepted,pulsestream",
        `ingest?reason=${encodeURIComponent(reasons[0].reason)}`,
        "ingest?reason=nothing+of+the+kind",
        "settings/general",
        "settings/keys",
      ]) {
        await page.goto(`/p/${project.slug}/${path}`);
        await hydrated(page);
        await expectAccessible(page);
        await expectFits(page);
      }
      await page.goto(`/p/${project.slug}/ingest`);
      await hydrated(page);
      await page.getByText("The same as a table").click();
      await expect(page.getByRole("table", { name: "What came over time" })).toBeVisible();
      await expectAccessible(page);
      await expectFits(page);
    });
  }
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("ingest and what was refused can be read", async ({ page }) => {
    const project = await newProject(page);
    await pour(page.request, project, [shouting(1), { kind: "log" }]);
    await page.goto(`/p/${project.slug}/ingest`);
    await expect(number(page, "Refused")).toHaveText("1");
    await page.getByRole("link", { name: SEVERITY }).click();
    await expect(panel(page).getByRole("article")).toContainText("shouting");
    await page.goto(`/p/${project.slug}/settings/general`);
    await expect(page.getByLabel("Requests of one key, per minute")).toHaveValue("10000");
  });
});
