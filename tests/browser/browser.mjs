// The browser, and pages that record errors.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const base = process.env.UCAP_URL.replace(/\/$/, "");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const faults = [];
export function expect(condition, fault) {
  if (!condition) faults.push(fault);
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.UCAP_CHROMIUM ?? "/usr/bin/chromium",
    // Root has no sandbox; the browser only visits the tested service.
    chromiumSandbox: process.getuid() !== 0,
    args: ["--disable-gpu", "--disable-background-networking", "--disable-sync", "--disable-component-update", "--no-first-run"],
  });
}

// Opens a page with the given width and colour scheme.
export async function open(browser, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const name = `${width} ${colorScheme}`;
  page.on("console", (message) => {
    // Swagger UI looks for a field of its own for each format, and says that it takes the general one.
    const isOfSwagger = message.text().startsWith("Could not find component: JsonSchema_");
    if (["error", "warning"].includes(message.type()) && !isOfSwagger) faults.push(`${name} ${page.url()}: console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${name} ${page.url()}: ${error}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`)) faults.push(`${name} ${page.url()} asks for ${url}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A request that the next visit cancels is not a failure.
    if (reason !== "net::ERR_ABORTED") faults.push(`${name} ${page.url()}: ${request.url()}: ${reason}`);
  });
  return page;
}

// What axe has against a page; it is evaluated from outside, since no script may run on the page itself.
export async function judge(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  for (const { id, impact, help, nodes } of violations) {
    const places = nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
    faults.push(`${name}: ${impact} ${id}: ${help}: ${places.join(" | ")}`);
  }
}
