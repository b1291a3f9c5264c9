// What people do with tasks, keys and webhooks, and to sign in safely. Each flow is a story with a server of its own.
// node work.mjs FLOW BASE NAME PASSWORD
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, launch, signIn, watched } from './browser.mjs';

const [flow, base, name, password] = process.argv.slice(2);
const browser = await launch();
const { context, faults, allowing } = await watched(browser, base, { viewport: { width: 360, height: 740 } });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const sees = (text) => page.getByText(text).first().waitFor();
const button = (text) => page.getByRole('button', { name: text, exact: true });
const inDialog = (text) => page.locator('dialog[open]').getByRole('button', { name: text, exact: true });
const closed = () => page.waitForFunction(() => !document.querySelector('dialog[open]'));
/** Nothing secret may lie where a script of tomorrow could read it. */
const stored = () =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
/** Texts that would run where they were taken for markup. */
const MARKUP = `"><img src=x onerror="window.ran=1"><script>window.ran=1</script>{{1}}`;

/** The digits of an authenticator (RFC 6238), `ahead` half minutes from now: each is good once. */
function digits(secret, ahead = 0) {
  const bits = [...secret.replace(/[\s=]/g, '')].map((char) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
  );
  const bytes = bits
    .join('')
    .match(/.{8}/g)
    .map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const flows = {
  // A film, from its text to its picture; stored markup stays text.
  async film() {
    await page.goto(`${base}/tasks`);
    await sees('还没有任务');
    await page.goto(`${base}/tasks/new`);
    await page.getByLabel('小说正文').fill(`夜里下着雪。${MARKUP}`);
    await page.getByRole('radio', { name: '写实' }).check();
    await page.getByLabel('每个场景的秒数').fill('1');
    await button('提交任务').click();
    await page.waitForURL(/\/tasks\/task_\d+$/);
    const id = page.url().split('/').at(-1);
    // It is watched to its end: nothing is loaded again.
    await page.evaluate(() => (window.same = true));
    page.setDefaultTimeout(240_000);
    await page.locator('video').waitFor();
    page.setDefaultTimeout(20_000);
    expect(await page.evaluate(() => window.same), 'the page was loaded again');
    await page.waitForFunction(() => document.querySelector('video').readyState >= 1);
    const video = page.locator('video');
    expect((await video.getAttribute('src')).startsWith(`${base}/media/`), 'the film is from another origin');
    expect(await video.getAttribute('poster'), 'the film has no poster');
    expect((await page.locator('video track').count()) === 1, 'the film has no subtitles');
    await page.evaluate(() => (document.querySelector('video').textTracks[0].mode = 'showing'));
    await page.waitForFunction(() => document.querySelector('video').textTracks[0].cues?.length > 0);
    await sees('onerror=');
    expect(!(await page.evaluate(() => window.ran)), 'stored markup ran');

    // The list has it; a second one is cancelled there, of several chosen ones only those that go on.
    await page.goto(`${base}/tasks/new?kind=study`);
    await sees('还没有填写学习平台账号');
    await page.getByLabel('任务名称').fill(MARKUP);
    await button('存为草稿').click();
    await page.waitForURL(/\/tasks\/task_\d+$/);
    await sees('等待您启动');
    await page.goto(`${base}/tasks`);
    await sees(id);
    await page.getByRole('checkbox', { name: id }).check();
    await page
      .getByRole('checkbox', { name: /选择 task_/ })
      .first()
      .check();
    await button('取消所选').click();
    await page.getByRole('heading', { name: '取消 1 个任务？' }).waitFor();
    await inDialog('取消所选').click();
    await sees('已取消 1 个任务');
    await closed();
    await page.goto(`${base}/tasks?state=cancelled`);
    await page.locator('tbody tr').first().waitFor();
    expect((await page.locator('tbody tr').count()) === 1, 'the filter does not filter');
    await page.goto(`${base}/tasks?state=failed`);
    await sees('没有符合条件的任务');
    await allowing([404], async () => {
      await page.goto(`${base}/tasks/task_99999`);
      await sees('没有这个任务');
    });
    expect(!(await page.evaluate(() => window.ran)), 'stored markup ran');
  },

  // A model's form from its schema, an approval, the picture.
  async model() {
    await page.goto(`${base}/tasks/new?kind=generation`);
    await page.getByLabel('画面描述').fill(`雪夜里的一盏灯 ${MARKUP}`);
    await button('提交任务').click();
    await page.waitForURL(/\/tasks\/task_\d+$/);
    await sees('等待批准');
    await button('批准').click();
    await page.locator('main img').waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => document.querySelector('main img').naturalWidth > 0);
    expect(!(await page.evaluate(() => window.ran)), 'stored markup ran');
  },

  // An authenticator is set up, asked for at the sign-in, and for what is dangerous; then it is gone.
  async factor() {
    await page.goto(`${base}/settings`);
    await button('开启两步验证').click();
    await page.locator('dialog svg[role="img"]').waitFor();
    const secret = (await page.locator('dialog code').first().textContent()).trim();
    await page.getByLabel('验证器显示的六位数字').fill(digits(secret, -1));
    await page.locator('dialog button[type="submit"]').click();
    await page.getByRole('heading', { name: '请保存恢复码' }).waitFor();
    const codes = (await page.locator('dialog pre').textContent()).trim().split('\n');
    expect(codes.length === 10, `there are ${codes.length} recovery codes`);
    // A click beside it does not lose them.
    await page.mouse.click(5, 5);
    await inDialog('我已经保存').click();
    await closed();
    expect(!(await page.content()).includes(codes[0]), 'the codes are still on the page');
    expect(!(await stored()).includes(secret) && !(await stored()).includes(codes[0]), 'secrets lie about');
    await sees('还剩 10 个恢复码');

    await allowing([401, 404], async () => {
      await button('退出登录').click();
      await page.waitForURL(/\/login/);
      await page.goto(`${base}/login?oidc=failed`);
      await sees('外部登录没有成功');
      await page.goto(`${base}/login?to=%2Fsettings`);
      await page.locator('input[autocomplete="username"]').fill(name);
      await page.locator('input[type="password"]').fill(password);
      await page.locator('button[type="submit"]').click();
      await sees('密码正确');
      await page.locator('input[autocomplete="one-time-code"]').fill(digits(secret));
      await page.locator('button[type="submit"]').click();
      await page.waitForURL(`${base}/settings`);
    });
    await button('关闭两步验证').click();
    await inDialog('关闭两步验证').click();
    await closed();
    await sees('未开启');
    await page.goto(`${base}/tasks?account=all`);
    await page.getByRole('heading', { name: '任务' }).waitFor();
  },

  // What is dangerous asks who one is when the proof is old, and then goes on by itself.
  async 'step-up'() {
    let asked = 0;
    await context.route('**/gongfang/v1/keys', (route) => {
      if (route.request().method() !== 'POST' || asked++ > 0) return route.fallback();
      const problem = { type: '', status: 403, code: 'step_up_required', title: '', errors: [], request_id: 'x' };
      return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    });
    await page.goto(`${base}/keys`);
    await page.getByRole('button', { name: '新建密钥' }).first().click();
    await page.getByLabel('名称').fill('needs a proof');
    await allowing([403], async () => {
      await inDialog('创建密钥').click();
      await page.getByRole('heading', { name: '请再次确认身份' }).waitFor();
    });
    await page.locator('dialog[open] input[type="password"]').fill(password);
    await inDialog('继续').click();
    await page.getByRole('heading', { name: '请立即保存密钥' }).waitFor();
    expect(asked >= 2, 'it did not go on by itself');
  },

  // A key is shown once, works, is rolled and revoked.
  async key() {
    await page.goto(`${base}/keys`);
    await page.getByRole('button', { name: '新建密钥' }).first().click();
    await page.getByLabel('名称').fill(`夜间 ${MARKUP}`);
    await page.getByLabel('订单', { exact: true }).selectOption('read');
    await page.getByLabel('每日扣费上限').fill('20');
    await page.getByLabel('允许的网络').fill('127.0.0.1\n::1');
    await inDialog('创建密钥').click();
    await page.getByRole('heading', { name: '请立即保存密钥' }).waitFor();
    const secret = (await page.locator('dialog pre').textContent()).trim();
    const works = (key) => fetch(`${base}/gongfang/v1/tasks`, { headers: { Authorization: `Bearer ${key}` } });
    expect((await works(secret)).status === 200, 'the key does not work');
    await inDialog('我已经保存').click();
    await closed();
    await sees('onerror=');
    expect(!(await page.content()).includes(secret) && !(await stored()).includes(secret), 'the key lies about');
    await button('更换').click();
    await page.getByLabel('旧密钥继续可用').selectOption('0');
    await inDialog('更换').click();
    await page.getByRole('heading', { name: '请立即保存密钥' }).waitFor();
    const next = (await page.locator('dialog pre').textContent()).trim();
    expect((await works(next)).status === 200 && (await works(secret)).status === 401, 'the key was not rolled');
    await inDialog('我已经保存').click();
    await closed();
    await button('吊销').first().click();
    await inDialog('吊销').click();
    await sees('已吊销 1 个密钥');
    expect((await works(next)).status === 401, 'the key was not revoked');
    expect(!(await page.evaluate(() => window.ran)), 'stored markup ran');
  },

  // A webhook is told, and what it was told can be read and sent again.
  async webhook() {
    const told = [];
    const receiver = createServer((request, answer) => {
      told.push(request.headers['webhook-id']);
      request.resume();
      answer.end('<img src=x onerror="window.ran=1">');
    });
    await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
    try {
      await page.goto(`${base}/webhooks`);
      await page.getByRole('button', { name: '新建回调' }).first().click();
      await page.getByLabel('地址', { exact: true }).fill(`http://127.0.0.1:${receiver.address().port}/gongfang`);
      await page.getByLabel('名称').fill(`商店 ${MARKUP}`);
      await page.getByRole('radio', { name: '只通知选中的' }).check();
      await page.getByLabel(/任务完成/).check();
      await inDialog('创建').click();
      await page.getByRole('heading', { name: '请立即保存签名密钥' }).waitFor();
      const secret = (await page.locator('dialog pre').textContent()).trim();
      expect(secret.startsWith('whsec_'), 'it is no secret');
      await inDialog('我已经保存').click();
      await closed();
      expect(!(await page.content()).includes(secret), 'the secret is still on the page');
      await page.locator('tbody a').first().click();
      await page.waitForURL(/\/webhooks\/webhook_\d+$/);
      await button('发送测试消息').click();
      await sees('对方收到了');
      expect(told.length === 1, 'nothing arrived');
      await page.locator('tbody button').first().click();
      await sees('window.ran=1');
      await inDialog('重新发送').click();
      await sees('已安排重新发送');
      await closed();
      for (let tries = 0; told.length < 2 && tries < 100; tries += 1) await page.waitForTimeout(100);
      expect(told.length === 2 && told[0] === told[1], `it was not sent again under the same id: ${told}`);
      await button('停用').click();
      await inDialog('停用').click();
      await sees('由您停用。');
      await closed();
      await button('启用').click();
      await sees('已启用');
      await button('删除').click();
      await inDialog('删除').click();
      await page.waitForURL(`${base}/webhooks`);
      await sees('还没有回调地址');
      expect(!(await page.evaluate(() => window.ran)), 'stored markup ran');
    } finally {
      receiver.close();
    }
  },
};

try {
  await signIn(page, base, name, password);
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
