// What people do: sign in and out, change what they may, set a new server up. Each flow is a story with a server of its own making.
// node flows.mjs sign-in BASE NAME PASSWORD | node flows.mjs register BASE EMAIL PASSWORD | node flows.mjs set-up BASE LINK
import { expect, launch, signIn, watched } from './browser.mjs';

const [flow, base, ...rest] = process.argv.slice(2);
const browser = await launch();
const { context, faults, allowing } = await watched(browser, base, { viewport: { width: 360, height: 740 } });
const page = await context.newPage();
page.setDefaultTimeout(15_000);
const sees = (text) => page.getByText(text).first().waitFor();
/** Nothing secret may lie where a script of tomorrow could read it. */
const stored = () =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));

const flows = {
  async 'sign-in'() {
    const [name, password] = rest;
    // A page that asks who one is leads to the sign-in, and back.
    await allowing([401, 404], async () => {
      await page.goto(`${base}/settings`);
      await page.waitForURL(`${base}/login?to=%2Fsettings`);
      await page.locator('input[autocomplete="username"]').fill(name);
      await page.locator('input[type="password"]').fill('wrong password');
      await page.locator('button[type="submit"]').click();
      await page.getByRole('alert').waitFor();
      await page.locator('input[type="password"]').fill(password);
      await page.locator('button[type="submit"]').click();
      await page.waitForURL(`${base}/settings`);
    });
    await page.locator('main').getByText(name).first().waitFor();
    expect(!(await stored()).includes(password), 'the password lies about');

    // The other language without a reload; it stays after one.
    await page.evaluate(() => (window.same = true));
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.evaluate(() => window.same), 'the page was loaded again');
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect((await page.evaluate(() => document.documentElement.dataset.theme)) === 'dark', 'the theme was forgotten');

    // Ctrl-K leads home; `?` helps; the drawer shows no secret.
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('home');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/`);
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show the API requests of this page' }).click();
    await page.locator('dialog[open] pre').first().waitFor();
    expect(!(await page.locator('dialog[open]').textContent()).includes(password), 'the drawer shows the password');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });

    // A second session is ended from here, and is over there.
    const other = await watched(browser, base);
    const there = await other.context.newPage();
    await other.allowing([404], () => signIn(there, base, name, password));
    await page.goto(`${base}/settings`);
    await page.getByRole('button', { name: 'End', exact: true }).first().click();
    await page.locator('dialog[open]').getByRole('button', { name: 'End' }).click();
    await sees('1 session ended');
    await other.allowing([401, 404], async () => {
      await there.goto(`${base}/settings`);
      await there.waitForURL(/\/login/);
    });
    faults.push(...other.faults);

    await allowing([401, 404], async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(/\/login/);
      await page.goto(`${base}/`);
      await page.waitForURL(/\/login/);
    });
  },

  // Servers of development tell the code, so it stands in its field by itself.
  async register() {
    const [email, password] = rest;
    const code = page.locator('input[autocomplete="one-time-code"]');
    const coded = async () => {
      await page.getByRole('button', { name: '获取验证码' }).click();
      await page.getByText('验证码已发送').first().waitFor();
      await page.waitForFunction(() => document.querySelector('input[autocomplete="one-time-code"]').value !== '');
    };
    await allowing([400, 401, 404], async () => {
      await page.goto(`${base}/register`);
      await page.locator('input[type="email"]').fill(email);
      await coded();
      await page.locator('input[type="password"]').fill(password);
      await page.locator('button[type="submit"]').click();
      await page.waitForURL(`${base}/`);
      await page.getByRole('heading', { name: email }).waitFor();
      await page.getByRole('button', { name: '退出登录' }).click();
      await page.waitForURL(/\/login/);

      await page.getByRole('tab', { name: '邮件验证码' }).click();
      await page.locator('input[type="email"]').fill(email);
      await coded();
      const right = await code.inputValue();
      await code.fill(right === '000000' ? '000001' : '000000');
      await page.locator('button[type="submit"]').click();
      await page.getByRole('alert').waitFor();
      await code.fill(right);
      await page.locator('button[type="submit"]').click();
      await page.waitForURL(`${base}/`);
    });
    await page.goto(`${base}/forgot`);
    await page.locator('input[type="email"]').fill(email);
    await page.locator('button[type="submit"]').click();
    await sees('链接已经寄出');
  },

  async 'set-up'() {
    const [link] = rest;
    const secret = link.split('#secret=')[1];
    expect(secret, `the link has no secret: ${link}`);
    await allowing([401, 403, 404, 422], async () => {
      // Who comes without the link is told about it.
      await page.goto(`${base}/login`);
      await sees('gongfang setup-link');
      await page.goto(`${base}/setup#secret=${secret}`);
      await page.getByRole('heading', { name: '创建第一位管理员' }).waitFor();
      await page.waitForURL(`${base}/setup`);
      await page.locator('input[autocomplete="username"]').fill('boss');
      await page.locator('input[type="password"]').fill('correct horse battery');
      await page.locator('button[type="submit"]').click();
      await page.getByRole('heading', { name: '上线清单' }).waitFor();
      await sees('数据库');
    });
    expect(!(await stored()).includes(secret), 'the secret lies about');
    // Once: the same link makes nobody else.
    await page.goto(`${base}/setup#secret=${secret}`);
    await page.reload();
    await page.getByRole('heading', { name: '上线清单' }).waitFor();
  },
};

try {
  await flows[flow]();
} catch (error) {
  console.error(`at ${page.url()}: ${await page.locator('body').innerText()}`);
  throw error;
} finally {
  await browser.close();
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
