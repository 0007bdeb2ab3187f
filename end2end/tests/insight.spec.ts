// Overview, services, models, map and dashboards: the numbers are those of the
// events, charts can be used by mouse and keyboard, and what one arranges stays.
import { expect, expectAccessible, expectFits, hydrated, newProject, rows, send, test, type Project } from "./support";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** Ten requests of two services, two of them failed, and three calls of models. */
const sample = (page: Page, project: Project) =>
  send(page.request, project, [
    ...Array.from({ length: 10 }, (_, n) => ({
      event_id: `call-${n}`,
      time: minutesAgo(10 + n),
      kind: "api_call",
      name: n < 2 ? "Card declined" : "ok",
      service: n % 2 ? "payments" : "search",
      endpoint: n % 2 ? "/pay" : "/find",
      severity: n < 2 ? "error" : "info",
      duration_ms: 100 * (n + 1),
      user_id: `user-${n % 4}`,
      version: "1.2.3",
      environment: n < 8 ? "production" : "staging",
      country: n < 7 ? "DE" : "SG",
      city: n < 7 ? "Berlin" : "Singapore",
    })),
    ...["gpt-4o", "gpt-4o", "llama-local"].map((model, n) => ({
      event_id: `llm-${n}`,
      time: minutesAgo(5),
      kind: "llm",
      service: "agent",
      model,
      provider: n < 2 ? "openai" : "home",
      tokens: { input: 100, output: 50 },
      ...(n < 2 ? { cost_usd: 0.25 } : {}),
      duration_ms: 900,
    })),
  ]);

/** How wide a picture is, in pixels, and how many colours it has. */
const drawnIn = (page: Page, png: Buffer) =>
  page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set(new Uint32Array(data.buffer));
    return { width: image.width, colours: colours.size };
  }, png.toString("base64"));

const number = (page: Page, name: string) => page.locator(".stat", { hasText: name }).locator(".stat-value");

test("an empty project shows how to send, and comes alive by itself", async ({ page }) => {
  const project = await newProject(page);
  await page.goto(`/p/${project.slug}/overview`);
  await hydrated(page);
  await expect(page.getByText("No events yet")).toBeVisible();
  await sample(page, project);
  await expect(number(page, "Events")).toHaveText("13");
});

test("the overview counts what there is, and leads on", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/overview`);
  // The server drew it: the numbers are there before any script has run.
  await expect(number(page, "Events")).toHaveText("13");
  await expect(number(page, "Error rate")).toHaveText(/15\s%/);
  await expect(number(page, "Active users")).toHaveText("4");
  await expect(number(page, "Cost")).toHaveText("$0.50");
  await hydrated(page);
  const errors = page.getByRole("list", { name: "Errors" });
  await expect(errors.getByRole("link", { name: "Card declined" })).toBeVisible();
  await page.getByRole("list", { name: "Services" }).getByRole("link", { name: "payments" }).click();
  await expect(page).toHaveURL(/services\/payments/);
  await expect(page.getByRole("heading", { name: "payments" })).toBeVisible();
  await expect(number(page, "Events")).toHaveText("5");
  await expect(page.getByRole("table", { name: "Endpoints" })).toContainText("/pay");
});

test("a chart is read by keyboard, taken apart, zoomed and put back", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/overview?from=-1h`);
  await hydrated(page);
  const slider = page.getByRole("slider", { name: "Events: go through time" });
  await slider.focus();
  await slider.press("Home");
  await expect(slider).toHaveAttribute("aria-valuetext", /\d{4}-\d\d-\d\d \d\d:\d\d – .*(nothing|Errors|Others)/);

  const bars = page.locator("#volume-slider").locator("xpath=..").locator("g.hue-bad > path");
  await expect(bars).toHaveAttribute("d", /^M\d/);
  const legend = page.getByRole("button", { name: "Errors", exact: true });
  await legend.click();
  await expect(legend).toHaveAttribute("aria-pressed", "false");
  await expect(bars).toHaveAttribute("d", "");

  const plot = (await slider.boundingBox())!;
  await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 40);
  await expect(page.locator(".tip").first()).toBeVisible();
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width * 0.7, plot.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{4}-.*to=\d{4}-/);
  await page.goBack();
  await expect(page).toHaveURL(/from=-1h$/);
  await expect(number(page, "Events")).toHaveText("13");
});

test("services have their health, and sort", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/services`);
  await hydrated(page);
  const lines = page.getByRole("table", { name: "Services" }).getByRole("row");
  await expect(lines).toHaveCount(4);
  await expect(lines.filter({ hasText: "payments" })).toContainText("Failing");
  await expect(lines.filter({ hasText: "payments" })).toContainText("1.2.3");
  await expect(lines.filter({ hasText: "agent" })).toContainText("Healthy");
  await page.getByRole("columnheader", { name: "Service" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(lines.nth(1)).toContainText("agent");
});

test("models have their cost, by model and by provider", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/llm`);
  await hydrated(page);
  await expect(number(page, "Model calls")).toHaveText("3");
  const table = page.getByRole("table", { name: "Model calls by group" });
  await expect(table.getByRole("row", { name: /gpt-4o/ })).toContainText("$0.50");
  await page.getByRole("navigation", { name: "Grouped by" }).getByRole("link", { name: "Provider" }).click();
  await expect(page).toHaveURL(/by=provider/);
  await expect(table.getByRole("row", { name: /openai/ })).toContainText("$0.50");
});

test("the map and its tables say where events come from", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/geo`);
  await hydrated(page);
  await expect(page.locator('.world use[href="/world.svg#DE"]')).toHaveClass("heat-6");
  await expect(page.getByRole("table", { name: "Countries" }).getByRole("row", { name: /Germany/ })).toContainText("7");
  await expect(page.getByRole("table", { name: "Cities" }).getByRole("row", { name: /Singapore/ })).toContainText("3");
  // The outlines are there, from the file.
  const land = await page.locator(".world-land").boundingBox();
  expect(land!.width).toBeGreaterThan(300);
});

test("what is counted leads to the events that it counts", async ({ page }) => {
  test.setTimeout(180_000);
  const project = await newProject(page);
  await sample(page, project);
  const endpoint = '/a/{id}/(b) OR "c*"';
  const late = 'Say "no" (x OR y)';
  await send(page.request, project, [
    // An error by its status alone; names with the signs of the language in them.
    { event_id: "late", time: minutesAgo(3), kind: "api_call", name: late, service: "pay, ment", endpoint, severity: "info", status: "timeout", country: "FR", city: "Paris" },
    { event_id: "b", time: minutesAgo(3), kind: "api_call", name: "b or c", service: "search", endpoint: "/b", severity: "info" },
    { event_id: "ann", time: minutesAgo(3), kind: "llm", name: "chat", service: "agent", model: "gpt-4o", provider: "openai", user_id: "ann", session_id: "s-1" },
    // The same words, but no call of a model.
    { event_id: "words", time: minutesAgo(3), kind: "log", name: "note", message: "openai ann s-1", user_id: "ann", session_id: "s-1" },
  ]);
  const leads = async (path: string, inside: string, name: string, count: number) => {
    await page.goto(`/p/${project.slug}/${path}`);
    await hydrated(page);
    await page.locator(inside).getByRole("link", { name, exact: true }).click();
    await expect(page).toHaveURL(/\/events\?/);
    await expect(rows(page), `${path}: ${name}`).toHaveCount(count);
  };
  const models = 'table[aria-label="Model calls by group"]';
  await leads("llm", models, "llama-local", 1);
  await leads("llm?by=provider", models, "openai", 3);
  await leads("llm?by=user", models, "ann", 1);
  await leads("llm?by=session", models, "s-1", 1);
  await leads("llm?by=service", models, "agent", 4);
  await leads("llm?by=service&model=llama-local", models, "agent", 1);
  const errors = 'ul[aria-label="Errors"]';
  await leads("overview", errors, "Card declined", 2);
  await leads("overview", errors, late, 1);
  await leads("overview", 'section.panel:has(ul[aria-label="Errors"])', "All", 3);
  await leads("overview", 'ul[aria-label="Endpoints"]', endpoint, 1);
  await leads(`services/${encodeURIComponent("pay, ment")}`, 'table[aria-label="Endpoints"]', endpoint, 1);
  await leads(`services/${encodeURIComponent("pay, ment")}`, ".service-head", "Its events", 1);
  await leads("geo", 'table[aria-label="Countries"]', "Germany", 7);
  await leads("geo", 'table[aria-label="Cities"]', "Singapore", 3);
  await page.goto(`/p/${project.slug}/geo?show=errors`);
  const germany = await page.locator('.world a[aria-label="Germany: 2 errors"]').getAttribute("href");
  await page.goto(germany!);
  await expect(rows(page)).toHaveCount(2);

  await page.goto(`/p/${project.slug}/overview`);
  await hydrated(page);
  // By what they cost: the one without a price is not among them.
  await page.locator('ul[aria-label="Models"]').getByRole("link", { name: "gpt-4o" }).click();
  await expect(page).toHaveURL(/llm\?model=gpt-4o/);
  await expect(number(page, "Model calls")).toHaveText("3");
  await page.getByTitle("Show all models").click();
  await expect(number(page, "Model calls")).toHaveText("4");
});

test("models are sorted and charted by what one chooses", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/llm`);
  await hydrated(page);
  const table = page.getByRole("table", { name: "Model calls by group" });
  await expect(table.getByRole("row").nth(1)).toContainText("gpt-4o");
  await table.getByRole("link", { name: "Unpriced" }).click();
  await expect(page).toHaveURL(/sort=unpriced/);
  await expect(table.getByRole("columnheader", { name: "Unpriced" })).toHaveAttribute("aria-sort", "descending");
  await expect(table.getByRole("row").nth(1)).toContainText("llama-local");
  await page.getByRole("navigation", { name: "Charted" }).getByRole("link", { name: "Tokens" }).click();
  await expect(page).toHaveURL(/chart=tokens/);
  await expect(page.getByRole("slider", { name: "Tokens: go through time" })).toBeVisible();
  await expectAccessible(page);
});

test("the models table shows more when asked", async ({ page }) => {
  const project = await newProject(page);
  await send(
    page.request,
    project,
    Array.from({ length: 15 }, (_, n) => ({ event_id: `m${n}`, time: minutesAgo(5), kind: "llm", model: `model-${n}`, cost_usd: n + 1 })),
  );
  await page.goto(`/p/${project.slug}/llm`);
  await hydrated(page);
  const table = page.getByRole("table", { name: "Model calls by group" });
  await expect(table).toContainText("all others");
  await page.getByRole("link", { name: "Show more" }).click();
  await expect(page).toHaveURL(/rows=50/);
  // Its head, and each of them.
  await expect(table.getByRole("row")).toHaveCount(16);
  await expect(page.getByRole("link", { name: "Show more" })).toHaveCount(0);
});

test("an environment is chosen, and by its badge too", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/overview`);
  await hydrated(page);
  const menu = page.locator("#environment");
  await menu.getByRole("button").click();
  await expect(menu.getByRole("link", { name: /production/ })).toContainText("8");
  await expectAccessible(page);
  await menu.getByRole("link", { name: /staging/ }).click();
  await expect(page).toHaveURL(/environment=staging/);
  await expect(number(page, "Events")).toHaveText("2");
  await expect(menu.getByRole("button")).toContainText("staging");
  await menu.getByRole("button").click();
  await menu.getByRole("link", { name: "All environments" }).click();
  await expect(number(page, "Events")).toHaveText("13");
  await page.goto(`/p/${project.slug}/services/payments`);
  await hydrated(page);
  await page.getByTitle("Only this environment").filter({ hasText: "production" }).click();
  await expect(page).toHaveURL(/environment=production/);
  await expect(number(page, "Events")).toHaveText("4");
});

test("a service is named in the tab; one that nothing came from is said to be none", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/services/payments`);
  await expect(page).toHaveTitle(`payments · ${project.slug} · Eventglass`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("payments");
  await page.goto(`/p/${project.slug}/services/nobody`);
  await hydrated(page);
  await expect(page.getByText("Nothing of this service")).toBeVisible();
  await expectAccessible(page);
});

test("numbers up to now go on by themselves", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/overview?from=-1h&to=now`);
  await hydrated(page);
  await expect(number(page, "Events")).toHaveText("13");
  await send(page.request, project, [{ event_id: "new", time: minutesAgo(0), kind: "log", name: "new" }]);
  await expect(number(page, "Events")).toHaveText("14", { timeout: 40_000 });
});

test.describe("far from Greenwich", () => {
  test.use({ timezoneId: "Asia/Kolkata" });
  test("charts of days say whose days they are", async ({ page }) => {
    const project = await newProject(page);
    await sample(page, project);
    await page.goto(`/p/${project.slug}/overview?from=-90d`);
    await hydrated(page);
    await expect(page.getByText("Days in UTC.").first()).toBeVisible();
    await page.goto(`/p/${project.slug}/overview?from=-1h`);
    await hydrated(page);
    await expect(number(page, "Events")).toHaveText("13");
    await expect(page.getByText("Days in UTC.")).toHaveCount(0);
  });
});

test("a dashboard is made, arranged by keyboard, saved and exported", async ({ page }) => {
  const project = await newProject(page);
  await sample(page, project);
  await page.goto(`/p/${project.slug}/dashboards`);
  await hydrated(page);
  await page.getByRole("button", { name: "New dashboard" }).click();
  await expect(page).toHaveURL(/dashboards\/.+edit=1/);
  const widgets = page.locator(".widget");
  await expect(widgets).toHaveCount(5);

  await page.getByRole("button", { name: "Add a widget" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Title").fill("Slow endpoints");
  await form.getByLabel("Shown as").selectOption("table");
  await form.getByLabel("p95").check();
  await form.getByLabel("By", { exact: true }).selectOption("endpoint");
  await form.getByRole("button", { name: "Apply" }).click();
  const added = widgets.filter({ hasText: "Slow endpoints" });
  await expect(added.getByRole("table")).toContainText("/pay");

  const handle = added.getByRole("button", { name: /^Move/ });
  await handle.focus();
  await handle.press("ArrowUp");
  await expect(handle).toBeFocused();
  await handle.press("ArrowRight");
  await handle.press("Shift+ArrowRight");
  await expect(added).toHaveAttribute("data-x", "1");
  await expect(added).toHaveAttribute("data-w", "7");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(added).toHaveAttribute("data-w", "7");
  await expect(widgets).toHaveCount(6);
  await expect(page).toHaveTitle(`New dashboard · ${project.slug} · Eventglass`);

  await page.getByRole("button", { name: "More" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "All numbers as CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);

  await page.getByRole("button", { name: "More" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Picture (PNG)" }).click();
  const picture = await saved;
  expect(picture.suggestedFilename()).toBe("New dashboard.png");
  const { width, colours } = await drawnIn(page, readFileSync(await picture.path()));
  expect(width).toBeGreaterThan(2_000);
  expect(colours, "it is no empty sheet").toBeGreaterThan(50);
});

for (const theme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    test(`pages of numbers are accessible, ${theme}, ${width} px wide`, async ({ page }) => {
      test.setTimeout(120_000);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const empty = await newProject(page);
      const project = await newProject(page);
      await sample(page, project);
      const board = await page.request.post(`/api/v1/projects/${project.id}/dashboards`, {
        headers: { "sec-fetch-site": "same-origin" },
        data: {
          name: "Kinds",
          widgets: ["line", "area", "bar", "number", "table", "heat_map", "pie"].map((kind, n) => ({
            id: kind,
            kind,
            query: { measure: ["count"], group: kind === "number" ? [] : ["service"] },
            place: { x: (n % 2) * 6, y: Math.floor(n / 2) * 7, width: 6, height: 7 },
          })),
        },
      });
      expect(board.status()).toBe(201);
      const { id } = await board.json();
      for (const path of [
        `${empty.slug}/overview`,
        `${project.slug}/overview`,
        `${project.slug}/services`,
        `${project.slug}/services/payments`,
        `${project.slug}/llm?by=user`,
        `${project.slug}/geo?show=users`,
        `${project.slug}/dashboards`,
        `${project.slug}/dashboards/${id}`,
        `${project.slug}/dashboards/${id}?edit=1`,
      ]) {
        await page.goto(`/p/${path}`);
        await hydrated(page);
        await expectAccessible(page);
        await expectFits(page);
      }
    });
  }
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the numbers can be read", async ({ page }) => {
    const project = await newProject(page);
    await sample(page, project);
    await page.goto(`/p/${project.slug}/overview`);
    await expect(number(page, "Events")).toHaveText("13");
    await page.goto(`/p/${project.slug}/services`);
    await expect(page.getByRole("table", { name: "Services" })).toContainText("payments");
  });
});
