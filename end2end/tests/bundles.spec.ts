// The code of a page comes with the first page that needs it: which files are
// loaded, and that pages work whichever way one comes to them.
import { expect, hydrated, newProject, send, test } from "./support";

/** The names of the wasm files that a page has asked for since. */
function wasm(page: import("@playwright/test").Page) {
  const files: string[] = [];
  page.on("request", (request) => {
    const name = new URL(request.url()).pathname.split("/").pop() ?? "";
    if (name.endsWith(".wasm")) files.push(name);
  });
  return files;
}

test("a page loads its own bundle and no other, each file once", async ({ page, browser, baseURL }) => {
  const project = await newProject(page);
  for (const [path, bundle] of [
    ["/projects", ""],
    [`/p/${project.slug}/events`, "split_events.wasm"],
    [`/p/${project.slug}/ingest`, "split_numbers.wasm"],
    [`/p/${project.slug}/traces`, "split_traces.wasm"],
    [`/p/${project.slug}/settings/keys`, "split_settings.wasm"],
  ]) {
    // A page of its own: nothing is in its cache.
    const context = await browser.newContext({ storageState: await page.context().storageState() });
    const fresh = await context.newPage();
    const files = wasm(fresh);
    await fresh.goto(baseURL + path);
    await hydrated(fresh);
    await fresh.waitForLoadState("networkidle");
    const bundles = files.filter((file) => file.startsWith("split_"));
    expect(bundles, path).toEqual(bundle ? [bundle] : []);
    expect(new Set(files).size, `${files} of ${path}`).toBe(files.length);
    await context.close();
  }
});

test("one goes from bundle to bundle by clicks, back and forth", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, [{ event_id: "a", kind: "log", message: "Disk is full", severity: "warning" }]);
  await page.goto("/projects");
  await hydrated(page);
  // Were the page loaded afresh, this would be gone.
  await page.evaluate(() => Object.assign(window, { still: "here" }));
  const files = wasm(page);
  await page.getByRole("main").getByRole("link", { name: /Shop/ }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  const nav = page.getByRole("navigation", { name: "Project" });
  await nav.getByRole("link", { name: "Events" }).click();
  await expect(page.getByRole("row", { name: /Disk is full/ })).toBeVisible();
  await nav.getByRole("link", { name: "Ingest" }).click();
  await expect(page.getByRole("heading", { name: "Ingest", exact: true })).toBeVisible();
  await nav.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Ingest", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("row", { name: /Disk is full/ })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole("heading", { name: "Ingest", exact: true })).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { still?: string }).still)).toBe("here");
  expect(files.filter((file) => file.startsWith("split_")).sort()).toEqual([
    "split_events.wasm",
    "split_numbers.wasm",
    "split_settings.wasm",
  ]);
});

test("a bundle that does not come can be asked for again", async ({ page, errors }) => {
  const project = await newProject(page);
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.route("**/split_settings.wasm", (route) => route.fulfill({ status: 404 }));
  await page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("This page could not be loaded")).toBeVisible();
  await page.unroute("**/split_settings.wasm");
  await page.getByRole("button", { name: "Load the page again" }).click();
  await expect(page.getByRole("heading", { name: "Settings", exact: true })).toBeVisible();
  // The loader says why it failed; nothing else may.
  expect(errors.filter((error) => !/HTTP status code is not ok/.test(error))).toEqual([]);
  errors.length = 0;
});
