// The events page in daily use.
import { expect, hydrated, newProject, rows, send, test } from "./support";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const event = (n: number) => ({
  event_id: `e${n}`,
  kind: n % 2 ? "api_call" : "cart.add",
  name: `Call number ${n}`,
  service: n % 3 ? "pay" : "auth",
  severity: n % 10 ? "info" : "error",
  time: minutesAgo(n + 1),
  duration_ms: n,
  attributes: { number: n, nested: { big: 1234567890123456 } },
});
const events = (count: number) => Array.from({ length: count }, (_, n) => event(n));

test("the keyboard walks, opens and closes", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(30));
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const panel = page.locator("aside.detail");
  await expect(panel.locator(".detail-title")).toContainText("Call number 1");
  const first = page.url();
  await page.keyboard.press("j");
  await expect(panel.locator(".detail-title")).toContainText("Call number 2");
  expect(page.url()).not.toBe(first);
  await page.keyboard.press("k");
  await expect(panel.locator(".detail-title")).toContainText("Call number 1");
  await expect(panel).toContainText("1234567890123456");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/p/${project.slug}/events$`));
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Keyboard");
  await page.keyboard.press("Escape");
});

test("filters are in the URL, and the back button undoes them", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(30));
  await page.goto(`/p/${project.slug}/events?severity=error`);
  await hydrated(page);
  await expect(rows(page)).toHaveCount(3);
  // Searches of before have become text.
  await expect(page.getByLabel("Search events")).toHaveValue("severity:error");
  await page.getByRole("complementary", { name: "Filters" }).getByText("auth", { exact: true }).click();
  await expect(page).toHaveURL(/service:auth/);
  await expect(page.getByLabel("Search events")).toHaveValue("severity:error service:auth");
  await expect(rows(page)).toHaveCount(1);
  await page.reload();
  await hydrated(page);
  await expect(rows(page)).toHaveCount(1);
  await page.goBack();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(rows(page)).toHaveCount(30);
});

test("what is wanted and not there is said", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(3));
  await page.goto(`/p/${project.slug}/events?q=unicorn`);
  await hydrated(page);
  await expect(page.getByText("No event matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows(page)).toHaveCount(3);

  const missing = await page.goto(`/p/${project.slug}/events/00000000-0000-7000-8000-000000000000`);
  expect(missing?.status()).toBe(404);
  expect((await page.goto("/p/no-such-project/events"))?.status()).toBe(404);
  expect((await page.goto("/nowhere"))?.status()).toBe(404);
});

test("new events come in by themselves while one follows", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(5));
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/live=follow/);
  // The page itself notes when it is there: asking it again and again would be too coarse.
  const seen = page.evaluate(
    () =>
      new Promise<number>((done) => {
        const look = () => document.body.innerText.includes("Followed") && done(Date.now());
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
  );
  await send(page.request, project, [{ ...event(0), event_id: "followed", name: "Followed", time: new Date().toISOString() }]);
  const acknowledged = Date.now();
  expect((await seen) - acknowledged, "milliseconds from the acknowledgement to the screen").toBeLessThan(1_000);
  await expect(rows(page).first()).toContainText("Followed");
  await expect(page.getByRole("button", { name: /new event/ })).toHaveCount(0);
});

test("a pause gives back the following that it ended", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(5));
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/live=follow/);
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/live=off/);
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/live=follow/);
});

test("a search for signs alone says that it finds everything", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(5));
  const note = page.getByText("not signs alone");
  await page.goto(`/p/${project.slug}/events?q=${encodeURIComponent("🔥")}`);
  await hydrated(page);
  await expect(note).toBeVisible();
  await expect(rows(page)).toHaveCount(5);
  await page.getByLabel("Search events").fill("number");
  await page.getByLabel("Search events").press("Enter");
  await expect(page).toHaveURL(/q=number/);
  await expect(note).toHaveCount(0);
});

test("a paused page stays as it is", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(5));
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await page.getByRole("button", { name: "Live" }).click();
  await expect(page).toHaveURL(/live=off/);
  await send(page.request, project, [{ ...event(0), event_id: "late" }]);
  await page.waitForTimeout(5_000);
  await expect(page.getByRole("button", { name: /new event/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Paused" }).click();
  await expect(page.getByRole("button", { name: /1 new event/ })).toBeVisible();
});

test("thousands of events can be scrolled through", async ({ page }) => {
  const project = await newProject(page);
  await send(page.request, project, events(1_500));
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  // The list asks for more as its end comes near.
  await expect
    .poll(
      async () => {
        await rows(page).last().scrollIntoViewIfNeeded();
        return (await page.getByText("Call number 700", { exact: true }).count()) > 0;
      },
      { timeout: 45_000, intervals: [100] },
    )
    .toBe(true);
  // However many there are, a screen of them is in the document.
  expect(await rows(page).count()).toBeLessThan(150);
  await page.keyboard.press("Home");
  await expect(rows(page).first().getByRole("link")).toBeFocused();
  await expect(rows(page).first()).toContainText("Call number 0");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("j");
  const focused = page.locator(".ev-link:focus");
  await expect(focused).toBeInViewport();
  const number = Number(/number (\d+)/.exec((await focused.textContent()) ?? "")?.[1]);
  expect(number).toBeGreaterThan(10);
});

test("what clients send is shown, not run", async ({ page }) => {
  const project = await newProject(page);
  const evil = "<img src=x onerror=alert(1)><script>document.title='owned'</script>";
  await send(page.request, project, [{ kind: "log", name: evil, message: evil, service: evil, attributes: { evil, [evil]: "]]></script>" } }]);
  await page.goto(`/p/${project.slug}/events`);
  await hydrated(page);
  await rows(page).first().getByRole("link").click();
  await expect(page.locator("aside.detail")).toContainText("onerror=alert(1)");
  await page.reload();
  await hydrated(page);
  await expect(page.locator("aside.detail")).toContainText("onerror=alert(1)");
  expect(await page.title()).not.toContain("owned");
  expect(await page.locator("img").count()).toBe(0);
});
