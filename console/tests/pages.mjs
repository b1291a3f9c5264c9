// Every page in both languages, light and dark, on a phone and a desktop: accessible, quiet, and within its origin.
// node pages.mjs BASE NAME PASSWORD [FOLDER FOR PICTURES]
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import axe from 'axe-core';
import { expect, launch, signIn, watched } from './browser.mjs';

const [base, name, password, pictures] = process.argv.slice(2);
const OUTSIDE = ['/login', '/register', '/forgot', '/reset-password', '/verify-email', '/nothing/here'];
const INSIDE = [
  '/',
  '/tasks',
  '/tasks?account=all&state=failed',
  '/tasks/new',
  '/tasks/new?kind=generation',
  '/tasks/new?kind=study',
  '/tasks/new?kind=custom',
  '/courses',
  '/keys',
  '/webhooks',
  '/tasks/task_1',
  '/webhooks/webhook_1',
  '/settings',
  '/setup',
];
/** Buttons that open what one fills in, in both languages. */
const OPENED = {
  '/keys': ['新建密钥', 'New key'],
  '/webhooks': ['新建回调', 'New webhook'],
  '/settings': ['开启两步验证', 'Set up'],
};
const DIALOGS = { palette: 'Control+k', help: '?' };

const browser = await launch();
const faults = [];
if (pictures) await mkdir(pictures, { recursive: true });

async function look(page, label) {
  // A page with a stream is never idle: it is whole when its heading is there and nothing is still to come.
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton'));
  await page.waitForTimeout(150);
  const results = await violations(page);
  for (const result of results) faults.push(`${label}: ${result}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) faults.push(`${label}: it is ${wide} px too wide`);
  const lang = await page.evaluate(() => document.documentElement.lang);
  if (!label.includes(lang.slice(0, 2))) faults.push(`${label}: its language is ${lang}`);
  if (pictures) await page.screenshot({ path: `${pictures}/${label}.png`, fullPage: true });
}

// Handed over by the browser's own protocol, which the page's policy does not forbid.
async function violations(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations
      .filter((one) => ['serious', 'critical'].includes(one.impact))
      .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
  });
}

/** What a first visit loads, as it goes over the line. */
async function budget() {
  const { context } = await watched(browser, base);
  const page = await context.newPage();
  const loaded = new Set();
  page.on('request', (request) => loaded.add(new URL(request.url()).pathname));
  await page.goto(`${base}/login`, { waitUntil: 'networkidle' });
  const scripts = [...loaded].filter((path) => path.endsWith('.js'));
  const build = new URL('../build', import.meta.url).pathname;
  const size = (path) => readFileSync(`${build}${path}.gz`).length;
  const listed = readFileSync(`${build}/.assets`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => `/${line.split('\t')[0]}`);
  const sum = (paths) => paths.reduce((total, path) => total + size(path), 0) / 1000;
  const sizes = {
    first: sum(scripts),
    scripts: sum(listed.filter((path) => path.endsWith('.js'))),
    styles: sum(listed.filter((path) => path.endsWith('.css'))),
  };
  console.log(
    `first load ${sizes.first.toFixed(1)} kB, all scripts ${sizes.scripts.toFixed(1)} kB, styles ${sizes.styles.toFixed(1)} kB`,
  );
  expect(scripts.length > 0, 'no script was loaded');
  expect(sizes.first <= 120, 'the first load is larger than 120 kB');
  expect(sizes.scripts <= 450, 'all scripts are larger than 450 kB');
  expect(sizes.styles <= 30, 'the styles are larger than 30 kB');
  await context.close();
}

await budget();
const { context: signing } = await watched(browser, base);
const first = await signing.newPage();
await signIn(first, base, name, password);
// Something to look at: a task, a key, and a webhook that was told something.
await first.evaluate(async () => {
  const post = (path, body) =>
    fetch(`/gongfang/v1${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    }).then((answer) => answer.json());
  await post('/tasks', { kind: 'anime', text: '夜里下着雪。' });
  await post('/tasks', { kind: 'study', name: '秋季学期' });
  await post('/keys', { name: 'nightly films', scopes: ['tasks:write', 'wallet:read'], networks: ['192.0.2.0/24'] });
  const hook = await post('/webhooks', { url: `${location.origin}/livez`, types: ['task.succeeded', 'order.paid'] });
  await post(`/webhooks/${hook.id}/test`);
});
const storageState = await signing.storageState();
await signing.close();

for (const language of ['zh', 'en']) {
  for (const theme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
      for (const [paths, state] of [
        [OUTSIDE, undefined],
        [INSIDE, storageState],
      ]) {
        const options = { viewport: { width, height: 800 }, colorScheme: theme, storageState: state };
        const { context, faults: seen, allowing } = await watched(browser, base, options);
        const page = await context.newPage();
        await context.addInitScript((value) => localStorage.setItem('gongfang.language', value), language);
        for (const path of paths) {
          const label = `${path.replaceAll(/[/?&=]/g, '-').replace(/^-/, '') || 'home'}-${language}-${theme}-${width}`;
          // Servers that know no other ways to sign in answer 404 there, and nobody has courses yet: both are answers.
          await allowing([400, 404], async () => {
            await page.goto(base + path);
            await look(page, label);
          });
          if (OPENED[path]) {
            await page
              .getByRole('button', { name: OPENED[path][language === 'zh' ? 0 : 1], exact: true })
              .first()
              .click();
            await page.locator('dialog[open]').waitFor();
            await look(page, `${label}-dialog`);
            await page.keyboard.press('Escape');
          }
        }
        for (const [dialog, key] of Object.entries(state ? DIALOGS : {})) {
          await page.keyboard.press(key);
          await page.locator('dialog[open]').waitFor();
          await look(page, `${dialog}-${language}-${theme}-${width}`);
          await page.keyboard.press('Escape');
          await page.locator('dialog').waitFor({ state: 'detached' });
        }
        faults.push(...seen.map((one) => `${language} ${theme} ${width}: ${one}`));
        await context.close();
      }
    }
  }
}
await browser.close();
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exit(1);
}
