// Visits the pages of a registry with the sample plan; exits with status 1 if it finds a fault.
import { mkdirSync } from "node:fs";
import { base, expect, faults, judge, launch, open } from "./browser.mjs";

const plan = "/plans/manchester-chengdu-liuzhou-yangzhou";
const paths = [
  "/", "/plans", "/plans?country=CN&sort=period_start", plan, "/cities", "/cities/chengdu", "/themes", "/themes/circular-economy",
  "/search", "/search?q=hydrogen", "/problems", "/problems/validation_failed", "/findings", "/findings/city_not_partner",
  "/docs/guide", "/docs/tour", "/docs/data-model", "/docs/endpoints", "/docs/backup", "/docs/comparison",
];
const shots = process.env.UCAP_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

const browser = await launch();
const links = new Set();

async function look(width, colorScheme, judged = false) {
  const page = await open(browser, width, colorScheme);
  for (const path of paths) {
    const name = `${path} at ${width}, ${colorScheme}`;
    const answer = await page.goto(base + path);
    expect(answer?.status() === 200, `${name}: ${answer?.status()}`);
    const wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wider <= 0, `${name}: ${wider} pixels wider than the screen`);
    const pictures = await page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)");
    expect(pictures, `${name}: a picture is missing`);
    if (judged) await judge(page, name);
    for (const href of await page.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.href.baseVal ?? a.href)")) {
      links.add(new URL(href, base).href.split("#")[0]);
    }
    if (shots) {
      const file = `${path.replace(/[^a-z]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "start"}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
    }
  }
  await page.context().close();
}

async function searchAndFilter() {
  const page = await open(browser, 1000, "light");
  await page.goto(base);
  await page.fill("#find", "hydrogen");
  await page.press("#find", "Enter");
  await page.waitForURL("**/search?q=hydrogen");
  expect((await page.locator("mark").first().textContent()).toLowerCase() === "hydrogen", "the search marks the matching words");
  await page.locator(".hits a").first().click();
  await page.waitForURL(`**${plan}`);
  await page.goto(`${base}/plans`);
  await page.selectOption("#country", "CN");
  await page.click(".filters button");
  await page.waitForLoadState();
  expect(page.url().includes("country=CN"), "the form sends the selected value");
  expect((await page.inputValue("#country")) === "CN", "the form shows the selected value");
  await page.click(".active-filters a");
  await page.waitForLoadState();
  expect(!page.url().includes("country=CN"), "a filter can be removed");
  await page.context().close();
}

async function useTheKeyboard() {
  const page = await open(browser, 1000, "light");
  await page.goto(base + plan);
  await page.keyboard.press("Tab");
  expect((await page.evaluate("document.activeElement.className")) === "skip", "the first tab stop is the link that skips the navigation");
  await page.keyboard.press("Enter");
  expect((await page.evaluate("document.activeElement.id")) === "main", "the skip link moves the focus to the content");
  await page.emulateMedia({ media: "print" });
  expect(await page.locator(".find").isHidden(), "the search box is not printed");
  expect(await page.locator("#activities").isVisible(), "the activities are printed");
  await page.context().close();
}

// The reference of the interface: a person opens an operation, presses "Try it out" and "Execute", and sees what was found.
async function tryItOut(width, colorScheme) {
  const page = await open(browser, width, colorScheme);
  await page.goto(`${base}/docs/`);
  const operation = page.locator("#operations-activities-get_activity");
  await operation.waitFor();
  const name = `/docs/ at ${width}, ${colorScheme}`;
  expect((await page.title()).startsWith("API reference"), `${name}: ${await page.title()}`);
  const narrow = async (state) => {
    const wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wider <= 0, `${name}, ${state}: ${wider} pixels wider than the screen`);
  };
  await narrow("closed");
  // The page must fit whatever fonts a machine has, so the rest is seen in a wide one.
  await page.addStyleTag({ content: "* { font-family: monospace !important; }" });
  await narrow("closed, in a wide font");
  if (shots) await page.screenshot({ path: `${shots}/docs-${width}-${colorScheme}.png` });
  for (const id of ["activities-get_activity", "plans-list_plans", "search-search_records"]) {
    const operation = page.locator(`#operations-${id}`);
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    const status = operation.locator(".live-responses-table tbody .response-col_status").first();
    await status.waitFor();
    const code = (await status.textContent()).trim();
    expect(code.startsWith("200"), `${name}: ${id} answered ${code}`);
    await narrow(id);
    if (shots) await operation.screenshot({ path: `${shots}/docs-${id}-${width}-${colorScheme}.png` });
  }
  await page.context().close();
}

async function follow() {
  const context = await browser.newContext();
  for (const link of links) {
    if (!link.startsWith(`${base}/`)) {
      expect(/^(https?:|mailto:)/.test(link), `a link to ${link}`);
      continue;
    }
    const answer = await context.request.get(link, { headers: { accept: "text/html,*/*;q=0.8" } });
    expect(answer.ok(), `${link}: ${answer.status()}`);
  }
  const answer = await context.request.get(`${base}/plans/nowhere`, { headers: { accept: "text/html" } });
  expect(answer.status() === 404 && (await answer.text()).includes("<h1>"), "a missing record has an error page");
  await context.close();
}

// Two at a time: more of them keep a small machine so busy that pages take longer than anybody waits.
const checks = [
  () => tryItOut(400, "light"), () => tryItOut(1400, "dark"), () => look(400, "light", true), () => look(400, "dark"),
  () => look(800, "light"), () => look(800, "dark"), () => look(1400, "light"), () => look(1400, "dark", true),
  searchAndFilter, useTheKeyboard,
];
const work = async () => {
  for (let check = checks.shift(); check; check = checks.shift()) await check();
};
await Promise.all([work(), work()]);
await follow();
await browser.close();
console.log(`${paths.length} pages in 6 forms, ${links.size} links: ${faults.length} faults`);
for (const fault of new Set(faults)) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
