// Dashboards: what one arranges and asks stays, what is shown says what it is,
// and charts can be used by pointer and by finger.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, hydrated, newProject, send, test, type Project } from "./support";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** An event of each of some services, a minute apart. */
const events = (count: number, of = "e") =>
  Array.from({ length: count }, (_, n) => ({
    event_id: `${of}-${n}`,
    time: minutesAgo(n + 2),
    kind: "api_call",
    name: "ok",
    service: `service-${String(n).padStart(2, "0")}`,
    severity: n < 2 ? "error" : "info",
    duration_ms: 100 * (n + 1),
  }));

interface Widget {
  kind: string;
  title?: string;
  query: object;
  place?: { x: number; y: number; width: number; height: number };
}

/** A dashboard by the API, its widgets one below the other; its id. */
async function newBoard(page: Page, project: Project, widgets: Widget[], more: object = {}): Promise<string> {
  const answer = await page.request.post(`/api/v1/projects/${project.id}/dashboards`, {
    headers: { "sec-fetch-site": "same-origin" },
    data: {
      name: "Board",
      widgets: widgets.map((widget, n) => ({
        id: `w${n + 1}`,
        place: { x: 0, y: n * 7, width: 6, height: 7 },
        ...widget,
      })),
      ...more,
    },
  });
  expect(answer.status()).toBe(201);
  return (await answer.json()).id;
}

async function opened(page: Page, project: Project, id: string, search = "") {
  await page.goto(`/p/${project.slug}/dashboards/${id}${search}`);
  await hydrated(page);
}

const count = { kind: "number", title: "Events", query: { measure: ["count"] } };

test("a widget keeps what its form does not change", async ({ page }) => {
  const project = await newProject(page);
  const query = {
    measure: ["p95", "count"],
    group: ["service", "kind", "model"],
    interval: "7m",
    q: "ok",
    service: ["service-*", "a, b"],
    endpoint: ["/pay"],
    kind: ["api_call"],
    environment: ["production"],
    provider: ["openai"],
    model: ["gpt-4o"],
    limit: 5,
  };
  const id = await newBoard(page, project, [{ kind: "table", title: "Before", query }]);
  await opened(page, project, id, "?edit=1");
  await page.getByRole("button", { name: "Change this widget" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("Services")).toHaveValue('service-*, "a, b"');
  await expect(form.getByLabel("and then by")).toHaveValue("model");
  await form.getByLabel("Title").fill("After");
  await form.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  const stored = await (await page.request.get(`/api/v1/projects/${project.id}/dashboards/${id}`)).json();
  expect(stored.widgets[0].title).toBe("After");
  expect(stored.widgets[0].query).toEqual(query);
});

test("a widget that is cancelled is not there, and shares are of what adds up", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(3));
  const id = await newBoard(page, project, [count]);
  await opened(page, project, id, "?edit=1");
  const widgets = page.locator(".widget");
  await expect(widgets).toHaveCount(1);
  await page.getByRole("button", { name: "Add a widget" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toHaveCount(0);
  await expect(widgets).toHaveCount(1);

  await page.getByRole("button", { name: "Add a widget" }).click();
  await form.getByLabel("Shown as").selectOption("pie");
  await form.getByLabel("p95").check();
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(form.getByRole("alert")).toContainText("Shares are of what adds up");
  await form.getByLabel("p95").uncheck();
  await form.getByLabel("By", { exact: true }).selectOption("service");
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(widgets).toHaveCount(2);
  await expect(page.getByRole("list", { name: "Events" })).toContainText("service-00");
});

test("a widget is grouped by an attribute", async ({ page }) => {
  const project = await newProject(page);
  const paid = (id: string, currency: string) => ({
    event_id: id,
    time: new Date(Date.now() - 60_000).toISOString(),
    kind: "purchase",
    attributes: { cart: { currency } },
  });
  await send(page.request, project, [paid("a", "EUR"), paid("b", "BRL"), paid("c", "EUR")]);
  const id = await newBoard(page, project, []);
  await opened(page, project, id, "?edit=1");
  await page.getByRole("button", { name: "Add a widget" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Shown as").selectOption("table");
  await form.getByLabel("Or by an attribute").fill("cart.currency");
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(form.getByRole("alert")).toContainText("a path such as attributes.cart.currency");
  await form.getByLabel("Or by an attribute").fill("attributes.cart.currency");
  await form.getByRole("button", { name: "Apply" }).click();
  const table = page.getByRole("table", { name: "Events by cart.currency" });
  await expect(table.getByRole("row")).toHaveText([/cart.currency/, /EUR\s*2/, /BRL\s*1/]);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  // It stands among the choices when the form opens again.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Change this widget" }).click();
  await expect(form.getByLabel("By", { exact: true })).toHaveValue("attributes.cart.currency");
});

test("what is not saved is not lost without a question", async ({ page }) => {
  const project = await newProject(page);
  const id = await newBoard(page, project, [count, count]);
  const asked: string[] = [];
  let answer = false;
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  const services = page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "Services" });

  await page.goto(`/p/${project.slug}/dashboards`);
  await hydrated(page);
  await page.getByRole("link", { name: "Board", exact: true }).click();
  const widgets = page.locator(".widget");
  await expect(widgets).toHaveCount(2);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Remove this widget" }).first().click();
  await expect(widgets).toHaveCount(1);

  // By a link: one stays, with what one has done.
  await services.click();
  await expect.poll(() => asked).toEqual(["confirm"]);
  await expect(page).toHaveURL(new RegExp(`dashboards/${id}\\?edit=1$`));
  await expect(widgets).toHaveCount(1);

  answer = true;
  await services.click();
  await expect(page).toHaveURL(/\/services$/);
  await expect(page.getByRole("heading", { level: 1, name: "Services" })).toBeVisible();
  expect(asked).toHaveLength(2);

  // The browser asks before the page is loaded again; not where nothing has changed.
  await opened(page, project, id, "?edit=1");
  await expect(widgets).toHaveCount(2);
  await page.reload();
  await hydrated(page);
  expect(asked).toHaveLength(2);
  await page.getByRole("button", { name: "Remove this widget" }).first().click();
  await expect(widgets).toHaveCount(1);
  await page.reload();
  await hydrated(page);
  expect(asked.slice(2)).toEqual(["beforeunload"]);
  await expect(widgets).toHaveCount(2);
});

test("a dashboard that is not there cannot be edited, and one that is has its name", async ({ page }) => {
  const project = await newProject(page);
  const id = await newBoard(page, project, [count]);
  const missing = await page.goto(`/p/${project.slug}/dashboards/nothing`);
  expect(missing?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByText("There is nothing here")).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit" })).toHaveCount(0);
  await opened(page, project, id);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Board");
  await expect(page.getByRole("button", { name: "Edit" })).toBeVisible();
});

test("partial numbers say so", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(3));
  const id = await newBoard(page, project, [count]);
  await page.goto(`/p/${project.slug}/overview`);
  await hydrated(page);
  await expect(page.locator(".stat", { hasText: "Events" }).first()).toBeVisible();
  await expect(page.locator(".partial-line")).toHaveCount(0);
  await page.route("**/metrics?*", async (route) => {
    const response = await route.fetch();
    const whole = await response.json();
    await route.fulfill({ response, json: { ...whole, partial: true, searched_to: minutesAgo(30) } });
  });
  await page.getByRole("button", { name: "Ask anew" }).click();
  await expect(page.locator(".partial-line").first()).toContainText("Partial: counted back to");
  await opened(page, project, id);
  await expect(page.locator(".widget .partial-mark")).toContainText("partial, back to");
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("several measures and groups each have their number, and each unit its chart", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(2));
  const id = await newBoard(page, project, [
    { kind: "number", title: "Numbers", query: { measure: ["count", "p95"], group: ["service"] } },
    { kind: "line", title: "Lines", query: { measure: ["count", "p95", "errors"] } },
  ]);
  await opened(page, project, id, "?from=-1h");
  const names = page.locator(".widget").first().locator(".stat-name");
  await expect(names).toHaveCount(4);
  await expect(names.filter({ hasText: "p95 · service-01" })).toBeVisible();
  const counts = page.getByRole("slider", { name: "Lines: Events, Errors: go through time" });
  await expect(counts).toHaveCount(1);
  await expect(page.getByRole("slider", { name: "Lines: p95: go through time" })).toHaveCount(1);

  // What one points at on one chart is marked on the other, and told by the first alone.
  await counts.hover();
  await expect(page.locator(".chart-hair")).toHaveCount(2);
  await expect(page.locator(".tip")).toHaveCount(1);
});

test("widgets are moved and stretched by pointer", async ({ page }) => {
  const project = await newProject(page);
  const place = { x: 0, y: 0, width: 3, height: 4 };
  const id = await newBoard(page, project, [{ ...count, place }]);
  await opened(page, project, id, "?edit=1");
  const widget = page.locator(".widget");
  await expect(widget).toHaveAttribute("data-x", "0");
  const board = (await page.locator("#board").boundingBox())!;
  const column = (n: number) => board.x + (board.width * (n + 0.5)) / 12;

  const handle = (await widget.getByRole("button", { name: /^Move/ }).boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(column(5), board.y + 20, { steps: 8 });
  await page.mouse.up();
  await expect(widget).toHaveAttribute("data-x", "5");

  const corner = (await page.locator(".widget-corner").boundingBox())!;
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
  await page.mouse.down();
  await page.mouse.move(column(10), board.y + 48 * 6 + 20, { steps: 8 });
  await page.mouse.up();
  await expect(widget).toHaveAttribute("data-w", "6");
  await expect(widget).toHaveAttribute("data-h", "7");
  // Let go, it stays.
  await page.mouse.move(column(1), board.y + 20, { steps: 4 });
  await expect(widget).toHaveAttribute("data-x", "5");
});

test("a dashboard fills the screen, asks anew by itself and is exported", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(3));
  const id = await newBoard(page, project, [count], { refresh_seconds: 5 });
  await opened(page, project, id);
  const number = page.locator(".widget .stat-value");
  await expect(number).toHaveText("3");
  await send(page.request, project, events(2, "later"));
  await expect(number).toHaveText("5", { timeout: 15_000 });

  await page.getByRole("button", { name: "More" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "All numbers as CSV" }).click();
  const lines = readFileSync(await (await download).path(), "utf8").split("\r\n");
  expect(lines[0]).toBe("widget,title,measure,group,time,value,partial");
  expect(lines[1]).toBe("w1,Events,count,,,5,false");
  // A line for each point of a day by the quarter of an hour; together they are the total.
  const points = lines.slice(2).filter(Boolean).map((line) => line.split(","));
  expect(points.length).toBeGreaterThan(90);
  expect(points.every((cells) => cells[4]?.endsWith("Z"))).toBe(true);
  expect(points.reduce((sum, cells) => sum + Number(cells[5]), 0)).toBe(5);

  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(() => page.evaluate(() => document.fullscreenElement?.id)).toBe("board-whole");
  await expect(page.locator(".board-name")).toBeVisible();
  await page.evaluate(() => document.exitFullscreen());
  await expect(page.locator(".board-name")).toBeHidden();
});

for (const width of [1280, 360]) {
  test(`a legend shows all that it can, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const project = await newProject(page);
    await send(page.request, project, events(16));
    const query = { measure: ["count"], group: ["service"] };
    const id = await newBoard(page, project, [
      { kind: "bar", title: "Some", query },
      { kind: "line", title: "Many", query: { ...query, limit: 15 }, place: { x: 0, y: 7, width: 12, height: 12 } },
      { kind: "heat_map", title: "Heat", query },
    ]);
    await opened(page, project, id, "?from=-1h");
    const [some, many] = [page.locator(".widget").nth(0), page.locator(".widget").nth(1)];
    // Eight have a colour of their own, and the rest is one.
    const legend = some.locator(".legend");
    await expect(legend.getByRole("button")).toHaveCount(9);
    await expect(legend.getByRole("button", { name: "all others" })).toBeVisible();
    const [full, room] = await legend.evaluate((legend) => [legend.scrollHeight, legend.clientHeight]);
    expect(full, "height of all its buttons").toBeLessThanOrEqual(room);
    await expect(many.locator(".legend").getByRole("button")).toHaveCount(11);
    await many.getByRole("button", { name: "+6 more" }).click();
    await expect(many.locator(".legend").getByRole("button")).toHaveCount(16);
    await expect(many.getByRole("button", { name: "+6 more" })).toHaveCount(0);
    // The scale of the heat map is whole.
    const ends = page.getByRole("list", { name: "Heat" }).locator(".heat-ends");
    await expect(ends).toContainText("most 1");
    expect(await ends.evaluate((ends) => ends.scrollWidth <= ends.clientWidth)).toBe(true);
  });
}

test.describe("by finger", () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 800 } });
  test("a tap tells the numbers and a swipe does not zoom", async ({ page }) => {
    const project = await newProject(page);
    await send(page.request, project, events(10));
    const query = { measure: ["count"] };
    const id = await newBoard(page, project, [{ kind: "bar", title: "Touched", query }]);
    await opened(page, project, id, "?from=-1h");
    const slider = page.getByRole("slider", { name: "Touched: go through time" });
    await slider.scrollIntoViewIfNeeded();
    const plot = (await slider.boundingBox())!;
    const y = plot.y + plot.height / 2;
    await page.touchscreen.tap(plot.x + plot.width / 2, y);
    await expect(page.locator(".tip")).toBeVisible();
    // The finger is up, and the numbers are still there.
    await page.waitForTimeout(500);
    await expect(page.locator(".tip")).toBeVisible();

    const finger = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: number) =>
      finger.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: at === undefined ? [] : [{ x: plot.x + plot.width * at, y }],
      });
    await touch("touchStart", 0.2);
    for (const at of [0.3, 0.4, 0.5, 0.6]) await touch("touchMove", at);
    await touch("touchEnd");
    await expect(page.locator(".tip")).toBeVisible();
    await expect(page).toHaveURL(/\?from=-1h$/);

    // Elsewhere, nothing is pointed at any more.
    await page.getByRole("heading", { level: 1 }).tap();
    await expect(page.locator(".tip")).toHaveCount(0);
  });
});
