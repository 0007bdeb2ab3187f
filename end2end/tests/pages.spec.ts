// Every page: accessible, in both themes, wide and narrow, and without scripts.
import { expect, expectAccessible, expectFits, hydrated, newProject, rows, send, test, unique, type Project } from "./support";

const sample = (project: Project, page: import("@playwright/test").Page) =>
  send(page.request, project, [
    { event_id: "a", kind: "api_call", name: "Create charge failed: Card declined", service: "payment-service", severity: "error", status_code: 402, duration_ms: 1234.5, method: "POST", endpoint: "/api/v1/payments/create", environment: "production", attributes: { list: [1, 2, { deep: null }], text: "x".repeat(500) } },
    { event_id: "b", kind: "llm", name: "chat", service: "agent", model: "gpt-4o", severity: "info", tokens: { input: 10, output: 5 }, cost_usd: 0.0042, input: [{ role: "user", content: "hi" }], output: "yo" },
    { event_id: "c", kind: "log", message: "Disk is 91 % full", service: "host", severity: "warning" },
  ]);

for (const theme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    test(`every page is accessible, ${theme}, ${width} px wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      for (const path of ["/login", "/register"]) {
        await page.goto(path);
        await hydrated(page);
        await expectAccessible(page);
        await expectFits(page);
      }
      const project = await newProject(page);
      const empty = await newProject(page);
      await page.goto(`/p/${empty.slug}/events`);
      await hydrated(page);
      await expectAccessible(page);
      await expectFits(page);
    });

    test(`pages with events are accessible, ${theme}, ${width} px wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const project = await newProject(page);
      await sample(project, page);
      const { items } = await (await page.request.get(`/api/v1/projects/${project.id}/events`)).json();
      for (const path of [
        "/projects",
        `/p/${project.slug}/events`,
        `/p/${project.slug}/events?q=card&severity=error`,
        `/p/${project.slug}/events?q=status:%3E%3Dabc`,
        `/p/${project.slug}/events?from=-3h&columns=time,summary,country,attributes.text&rows=comfortable`,
        `/p/${project.slug}/events/${items[0].id}`,
        `/p/${project.slug}/settings/keys`,
        "/nowhere",
      ]) {
        await page.goto(path);
        await hydrated(page);
        await expectAccessible(page);
        await expectFits(page);
      }
    });
  }
}

// Rendering it took the whole server down once. Only the server's half: a
// browser that draws so many levels is busy for long.
test("json of any depth can be opened", async ({ page }) => {
  const project = await newProject(page);
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]]) {
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    const id = `deep${open.length}`;
    const sent = await page.request.post("/api/v1/events", {
      data: `{"event_id":"${id}","kind":"llm","input":${deep},"attributes":{"x":${deep}}}`,
      headers: { "content-type": "application/json", "x-api-key": project.key },
    });
    expect(sent.status()).toBe(202);
    const opened = await page.request.get(`/p/${project.slug}/events/${id}`);
    expect(opened.status()).toBe(200);
    expect(await opened.text()).toContain(id);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("events can be read", async ({ page }) => {
    const project = await newProject(page);
    await sample(project, page);
    await page.goto(`/p/${project.slug}/events?severity=error`);
    await expect(rows(page)).toHaveCount(1);
    await rows(page).first().getByRole("link").click();
    await expect(page.locator("aside.detail")).toContainText("Card declined");
  });

  test("events can be searched and leafed through", async ({ page }) => {
    const project = await newProject(page);
    const many = Array.from({ length: 130 }, (_, n) => ({ event_id: `n${n}`, kind: "log", message: `Line ${n}`, severity: "info" }));
    await send(page.request, project, many);
    await page.goto(`/p/${project.slug}/events`);
    await expect(rows(page)).toHaveCount(100);
    await page.getByRole("link", { name: "Load more" }).click();
    await expect(rows(page)).toHaveCount(30);
    await page.getByLabel("Search events").fill('"Line 7"');
    await page.getByLabel("Search events").press("Enter");
    await expect(page).toHaveURL(/q=%22Line\+7%22/);
    await expect(rows(page)).toHaveCount(1);
  });

  test("one can register and log in", async ({ page, context }) => {
    const email = `${unique("plain")}@example.com`;
    const fill = async (button: string, password: string) => {
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: button }).click();
    };
    await page.goto("/register");
    await fill("Create account", "short");
    await expect(page.getByText("must have at least 8 characters")).toBeVisible();
    await fill("Create account", "correct horse");
    await expect(page).toHaveURL(/\/projects$/);
    await context.clearCookies();
    await page.goto("/projects");
    await expect(page).toHaveURL(/\/login\?next=/);
    await fill("Log in", "wrong horse");
    await expect(page.getByText("do not go together")).toBeVisible();
    await fill("Log in", "correct horse");
    await expect(page).toHaveURL(/\/projects$/);
  });
});

test("whoever is not logged in is asked to, and brought back", async ({ page }) => {
  const project = await newProject(page);
  await page.goto("/projects");
  await hydrated(page);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL("**/login");
  await page.goto(`/p/${project.slug}/events`);
  await expect(page).toHaveURL(/\/login\?next=/);
  // Somebody else's project is no business of theirs.
  await newProject(page);
  const response = await page.goto(`/p/${project.slug}/events`);
  expect(response?.status()).toBe(403);
});

test("a form says what is wrong", async ({ page }) => {
  await page.goto("/register");
  await hydrated(page);
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("must be an e-mail address")).toBeVisible();
  await expect(page.getByText("must have at least 8 characters")).toBeVisible();
  await expect(page).toHaveURL(/\/register/);
});

test("links to traces are allowed in the settings", async ({ page }) => {
  const project = await newProject(page);
  const settings = `/api/v1/projects/${project.id}/settings`;
  const allowed = async () => (await (await page.request.get(settings)).json()).trace_links;
  await page.goto(`/p/${project.slug}/settings/general`);
  await hydrated(page);
  for (const yes of [true, false]) {
    await page.getByLabel("Allow links to single traces").setChecked(yes);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(allowed).toBe(yes);
  }
});

test("keys are made and revoked", async ({ page }) => {
  const project = await newProject(page);
  await page.goto(`/p/${project.slug}/settings/keys`);
  await hydrated(page);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("ci");
  await page.getByRole("button", { name: "Create key" }).click();
  const key = (await page.getByTestId("api-key").textContent()) ?? "";
  await send(page.request, { ...project, key: key.trim() }, [{ kind: "log" }]);
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: /ci created/ }).getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  const status = async () => {
    const headers = { "x-api-key": key.trim() };
    return (await page.request.post("/api/v1/events", { data: { kind: "log" }, headers })).status();
  };
  await expect.poll(status).toBe(401);
});
