// The story of the README, from registering to an event on the screen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, generateAndIngest, hydrated, newProject, register, rows, test, unique, type Project } from "./support";

test("a newcomer pours events in and watches them arrive", async ({ page, baseURL }) => {
  await register(page);

  const name = unique("Newcomer");
  await hydrated(page);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText(`${name} is ready`)).toBeVisible();
  const key = (await page.getByText(/^proj_\d+_[A-Za-z0-9]{43}$/).first().textContent()) ?? "";
  await expect(page.getByText("/api/v1/events").first()).toBeVisible();
  const slug = name.toLowerCase();
  const project: Project = { id: 0, slug, key };

  await page.getByRole("link", { name: "Watch the events arrive" }).click();
  await page.waitForURL(`**/p/${slug}/events`);
  await expect(page.getByText("No events yet")).toBeVisible();
  // From here on the page must not be loaded again.
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  generateAndIngest(baseURL as string, project, 500);
  await expect(rows(page).first()).toBeVisible();
  // The list draws what is in sight and a little more.
  await expect.poll(() => rows(page).count()).toBeGreaterThanOrEqual(20);

  // The first of them may have been shown before the last had come.
  const pill = page.getByRole("button", { name: /new event/ });
  await pill.click({ timeout: 2_500 }).catch(() => undefined);
  await expect(pill).toHaveCount(0);

  // More arrive: they wait behind the pill, and nothing moves under the reader.
  const top = await rows(page).first().textContent();
  generateAndIngest(baseURL as string, project, 40);
  await expect(pill).toContainText(/\d+ new events/);
  expect(await rows(page).first().textContent()).toBe(top);
  await pill.click();
  await expect(pill).toHaveCount(0);

  // Search, and open what was found.
  const search = page.getByLabel("Search events");
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await search.fill("payment");
  await search.press("Enter");
  await expect(page).toHaveURL(/[?&]q=payment/);
  await expect.poll(async () => (await rows(page).allTextContents()).every((text) => /payment/i.test(text))).toBe(true);
  await rows(page).first().getByRole("link").click();
  await expect(page).toHaveURL(/\/events\/[0-9a-f-]{36}\?.*q=payment/);
  const panel = page.locator("aside.detail");
  await expect(panel).toContainText(/payment/i);
  await expect(panel).toContainText(/req_[0-9a-f]{32}/);
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("what the README suggests to look for is there", async ({ page, baseURL }) => {
  test.setTimeout(120_000);
  const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
  const said = /Try\s([^]*?), or paste/.exec(readme)?.[1] ?? "";
  const searches = [...said.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  expect(searches.length).toBeGreaterThanOrEqual(3);
  const project = await newProject(page);
  generateAndIngest(baseURL as string, project, 10_000);
  for (const search of searches) {
    await page.goto(`/p/${project.slug}/events?q=${encodeURIComponent(search)}`);
    await expect(rows(page).first(), search).toBeVisible();
  }
});
