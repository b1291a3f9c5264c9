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
const MONEY = ['/wallet', '/orders', '/orders/ORDER', '/pay/ORDER', '/pay/back'];
const ADMIN = [
  ...['', '/orders', '/orders/ORDER', '/methods', '/codes', '/codes/batch_1', '/ledger', '/users', '/users/acct_1'],
  ...[
    '/approvals',
    '/queues',
    '/models',
    '/models/new',
    '/models/model_1',
    '/messages',
    '/audit',
    '/settings',
    '/system',
  ],
].map((path) => `/admin${path}`);
const DIALOGS = { palette: 'Control+k', help: '?' };

const browser = await launch();
const faults = [];
if (pictures) await mkdir(pictures, { recursive: true });

/** `colours`: alone what another theme can change. */
async function look(page, label, colours = false) {
  // A page with a stream is never idle: it is whole when its heading is there and nothing is still to come.
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton'));
  await page.waitForTimeout(100);
  const results = await violations(page, colours);
  for (const result of results) faults.push(`${label}: ${result}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) faults.push(`${label}: it is ${wide} px too wide`);
  const lang = await page.evaluate(() => document.documentElement.lang);
  if (!label.includes(lang.slice(0, 2))) faults.push(`${label}: its language is ${lang}`);
  if (pictures) await page.screenshot({ path: `${pictures}/${label}.png`, fullPage: true });
}

// Handed over by the browser's own protocol, which the page's policy does not forbid.
async function violations(page, colours) {
  await page.evaluate(axe.source);
  return page.evaluate(async (colours) => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await window.axe.run(document, {
      runOnly: colours ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: tags },
    });
    return violations
      .filter((one) => ['serious', 'critical'].includes(one.impact))
      .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
  }, colours);
}

/** Something of every sort, so that pages show more than that there is nothing. The order's id. */
async function prepared(page) {
  const ask = (method, path, body) =>
    page.evaluate(
      async ([method, path, body]) => {
        const headers = { 'Content-Type': 'application/json' };
        const answer = await fetch(`/gongfang/v1${path}`, { method, headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
        return answer.json();
      },
      [method, path, body],
    );
  await ask('POST', '/batches', { count: 3, uses: 5, note: '新生礼包' });
  await ask('POST', '/accounts/acct_1/adjustments', { amount: '88.50', reason: '活动补偿' });
  await ask('POST', '/tasks', { kind: 'generation', form: { prompt: '雪夜' } });
  const methods = await page.evaluate(async () => (await fetch('/gongfang/v1/payment_methods')).json());
  const [method] = methods.items;
  const order = { amount: '12.50', payment_method: method.id, channel: 'alipay', return_url: `${base}/pay/back` };
  return (await ask('POST', '/orders', order)).order;
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
const order = await prepared(first);
const storageState = await signing.storageState();
await signing.close();

// A page is loaded once a language; its widths and themes are looked at in place, as somebody who turns a phone or comes by night does.
for (const language of ['zh', 'en']) {
  for (const [paths, state] of [
    [OUTSIDE, undefined],
    [[...INSIDE, ...MONEY, ...ADMIN].map((path) => path.replace('ORDER', order)), storageState],
  ]) {
    const { context, faults: seen, allowing } = await watched(browser, base, { storageState: state });
    const page = await context.newPage();
    await context.addInitScript((value) => localStorage.setItem('gongfang.language', value), language);
    const looks = async (named) => {
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await look(page, `${named}-${language}-${colorScheme}-${width}`, colorScheme === 'dark');
        }
      }
    };
    for (const path of paths) {
      const named =
        path
          .replace(order, 'one')
          .replaceAll(/[/?&=]/g, '-')
          .replace(/^-/, '') || 'home';
      // Servers that know no other ways to sign in answer 404 there, and nobody has courses yet: both are answers.
      await allowing([400, 404], async () => {
        await page.goto(base + path);
        await looks(named);
      });
      if (OPENED[path]) {
        const opens = { name: OPENED[path][language === 'zh' ? 0 : 1], exact: true };
        await page.getByRole('button', opens).first().click();
        await page.locator('dialog[open]').waitFor();
        await looks(`${named}-dialog`);
        await page.keyboard.press('Escape');
        await page.locator('dialog[open]').waitFor({ state: 'detached' });
      }
    }
    for (const [dialog, key] of Object.entries(state ? DIALOGS : {})) {
      await page.keyboard.press(key);
      await page.locator('dialog[open]').waitFor();
      await looks(dialog);
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
    faults.push(...seen.map((one) => `${language}: ${one}`));
    await context.close();
  }
}
await browser.close();
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exit(1);
}
