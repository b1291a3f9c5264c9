// A browser that notices what a page must not do: errors in its console, reports of its policy, requests to other origins.
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, chromiumSandbox: false });

/** A context for one origin, and the faults that its pages commit. */
export async function watched(browser, base, options = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 900 }, ...options });
  const faults = [];
  // Statuses that a test asks for on purpose: the browser writes each into its console.
  const allowed = new Set();
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith(`${base}/`) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
    faults.push(`a request to another origin: ${url}`);
    return route.abort();
  });
  await context.exposeBinding('reportPolicy', (_, text) => faults.push(`the policy was broken: ${text}`));
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      window.reportPolicy(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
      ),
    ),
  );
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`an error: ${error.stack}`));
    page.on('console', (message) => {
      const status = /the server responded with a status of (\d+)/.exec(message.text())?.[1];
      // Whoever has named no learning platform has no courses, and hears so.
      const noCourses = status === '400' && message.location().url.endsWith('/gongfang/v1/courses');
      if (message.type() === 'error' && !noCourses && !(status && allowed.has(Number(status)))) {
        faults.push(`the console: ${message.text()} ${message.location().url}`);
      }
    });
  });
  const allowing = async (statuses, act) => {
    for (const status of statuses) allowed.add(status);
    const result = await act();
    for (const status of statuses) allowed.delete(status);
    return result;
  };
  return { context, faults, allowing };
}

export function expect(holds, what) {
  if (!holds) throw new Error(what);
}

export async function signIn(page, base, name, password) {
  await page.goto(`${base}/login`);
  await page.locator('input[autocomplete="username"]').fill(name);
  await page.locator('input[type="password"]').fill(password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL((url) => ['/', '/admin'].includes(url.pathname));
  await page.locator('nav a[aria-current="page"]').first().waitFor({ state: 'attached' });
}
