// Money and people: somebody pays, support puts right what went wrong, codes go round, work is approved. Each story is a server's own.
// node admin.mjs BASE NAME PASSWORD: an administrator, and a sandbox whose gateway stands at BASE.
import { expect, launch, signIn, watched } from './browser.mjs';

const [base, name, password] = process.argv.slice(2);
const HOSTILE = `<img src=x onerror="window.hit=1"><svg onload="window.hit=1"></svg>`;
const browser = await launch();
const desk = await watched(browser, base);
const phone = await watched(browser, base, { viewport: { width: 360, height: 740 } });
const [boss, lin] = [await desk.context.newPage(), await phone.context.newPage()];
for (const page of [boss, lin]) page.setDefaultTimeout(15_000);
const sees = (page, text) => page.locator('main').getByText(text).first().waitFor();
const said = (page, text) => page.locator('.toasts').getByText(text).first().waitFor();

/** Asks the API from the page itself, as its own origin. */
const ask = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'Content-Type': 'application/json' };
      const sent = body === null ? undefined : JSON.stringify(body);
      const answer = await fetch(`/gongfang/v1${path}`, { method, headers, body: sent });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body ?? null],
  );

async function begin() {
  await desk.allowing([404], () => signIn(boss, base, name, password));
  expect(new URL(boss.url()).pathname === '/admin', `an administrator begins at ${boss.url()}`);
  // Made by the page, which leads to everything about the account.
  await boss.goto(`${base}/admin/users`);
  await boss.getByRole('button', { name: '新建用户' }).click();
  const form = boss.locator('dialog form');
  await form.getByLabel('用户名').fill('lin');
  await form.locator('input[type="password"]').fill('correct horse battery');
  await form.getByRole('button', { name: '新建' }).click();
  await boss.waitForURL(/\/admin\/users\/acct_\d+$/);
  await phone.allowing([404], () => signIn(lin, base, 'lin', 'correct horse battery'));
  return boss.url().split('/').at(-1);
}

async function toCashier(amount) {
  await lin.goto(`${base}/wallet`);
  await lin.getByLabel('金额（元）').fill(amount);
  await lin.getByRole('radio', { name: '微信支付' }).check();
  await lin.getByRole('button', { name: '去付款' }).click();
  await lin.waitForURL(/\/sandbox\/epay\/pay\//);
}

async function pays() {
  await toCashier('50');
  await phone.allowing([404], async () => {
    await lin.getByRole('button', { name: '确认支付' }).click();
    await lin.getByRole('link', { name: '返回商户' }).click();
    await lin.waitForURL(/\/pay\/order_[0-9a-f]{32}$/);
  });
  await sees(lin, '付款成功，已入账');
  await lin.getByRole('link', { name: '回到钱包' }).click();
  await sees(lin, '+¥50.00');
  await sees(lin, '已验证');

  // Who waits sees it come, without a touch.
  await toCashier('7.25');
  const { items } = await (await lin.context().request.get(`${base}/gongfang/v1/orders?limit=1`)).json();
  const cashier = lin.url();
  const other = await lin.context().newPage();
  await other.goto(`${base}/pay/${items[0].id}`);
  await other.getByRole('heading', { name: '正在等待付款结果' }).waitFor();
  await lin.goto(cashier);
  await lin.getByRole('button', { name: '确认支付' }).click();
  await other.getByRole('heading', { name: '付款成功，已入账' }).waitFor();
  await other.close();
}

async function supportSettles() {
  await toCashier('12.50');
  const [method] = (await ask(boss, 'GET', '/payment_methods')).items;
  const [order] = (await ask(boss, 'GET', '/orders?account=all&limit=1')).items;
  // Somebody without the key says that it was paid.
  await desk.allowing([400], () =>
    boss.evaluate(
      async ([method, order]) => {
        const fields = { pid: '1000', out_trade_no: order.slice(6), trade_no: 'T1', type: 'wxpay', money: '12.50' };
        const query = new URLSearchParams({
          ...fields,
          trade_status: 'TRADE_SUCCESS',
          sign: '0'.repeat(32),
          sign_type: 'MD5',
        });
        await fetch(`/api/v1/payment/notify/${method}?${query}`);
      },
      [method.id, order.id],
    ),
  );
  await boss.goto(`${base}/admin/orders?status=pending`);
  await boss.locator(`a[href="/admin/orders/${order.id}"]`).click();
  await boss.getByText('回调被拒绝：签名不对').first().waitFor();
  await boss.getByText('核对密钥').first().waitFor();
  await boss.getByRole('button', { name: '人工入账' }).click();
  const dialog = boss.locator('dialog[open]');
  await dialog.getByText('¥12.50').first().waitFor();
  await dialog.getByLabel('原因').fill(`银行流水 ${HOSTILE}`);
  await dialog.getByRole('button', { name: '人工入账' }).click();
  await said(boss, '已入账 ¥12.50');
  await boss.getByText('管理员人工入账').first().waitFor();
  await sees(boss, '已验证');
  await boss.goto(`${base}/admin/audit`);
  await sees(boss, `银行流水 ${HOSTILE}`);

  // The way to pay itself: tried out, and its key is nowhere on the page.
  await boss.goto(`${base}/admin/methods`);
  await boss.getByRole('button', { name: '测试' }).click();
  await sees(boss, '签名与验签一致');
  const [all] = (await ask(boss, 'GET', '/payment_methods/all')).items;
  expect(!(await boss.content()).includes(all.config.key), 'the key stands on the page');
  await boss.getByRole('button', { name: '编辑' }).click();
  await boss.locator('dialog[open]').getByLabel('名称').fill(`沙箱 ${HOSTILE}`);
  await boss.locator('dialog[open]').getByRole('button', { name: '保存' }).click();
  await said(boss, '已保存');
  const [changed] = (await ask(boss, 'GET', '/payment_methods/all')).items;
  expect(changed.config.key === all.config.key, 'the key was lost');
}

async function codesGoRound(account) {
  await boss.goto(`${base}/admin/codes`);
  await boss.getByRole('button', { name: '生成兑换码' }).first().click();
  const dialog = boss.locator('dialog[open]');
  await dialog.getByLabel('数量').fill('3');
  await dialog.getByLabel('每个码的次数').fill('5');
  await dialog.getByLabel('备注').fill(`新生礼包 ${HOSTILE}`);
  await dialog.getByRole('button', { name: '生成兑换码' }).click();
  const codes = (await dialog.getByLabel('兑换码原文').inputValue()).split('\n');
  expect(codes.length === 3, `there are ${codes.length} codes`);
  await dialog.getByRole('link', { name: '已存好，查看批次' }).click();
  await sees(boss, '未兑换');
  expect(!(await boss.content()).includes(codes[0]), 'a code is shown twice');

  await lin.goto(`${base}/wallet`);
  await lin.getByLabel('输入兑换码').fill(codes[0]);
  await lin.getByRole('button', { name: '兑换', exact: true }).click();
  await said(lin, '增加了 5 次');
  await sees(lin, '+5 次');

  await boss.reload();
  await boss.getByRole('link', { name: account }).waitFor();
  await boss.getByRole('button', { name: '作废剩余的码' }).click();
  await dialog.getByText('还没兑换的 2 个码').waitFor();
  await dialog.getByRole('button', { name: '作废 2 个' }).click();
  await said(boss, '已作废 2 个码');
}

async function balanceIsAdjusted(account) {
  await boss.goto(`${base}/admin/users`);
  await boss.locator('input[type="search"]').fill('li');
  await boss.getByRole('link', { name: 'lin' }).click();
  await boss.waitForURL(`${base}/admin/users/${account}`);
  await boss.getByRole('button', { name: '调整余额' }).click();
  const dialog = boss.locator('dialog[open]');
  await dialog.getByRole('radio', { name: '减少' }).check();
  await dialog.getByLabel('金额（元）').fill('2.50');
  await dialog.getByLabel('原因').fill(`误充冲正 ${HOSTILE}`);
  await dialog.getByRole('button', { name: '调整', exact: true }).click();
  await said(boss, '余额已调整');
  await sees(boss, '−¥2.50');
  await sees(boss, `误充冲正 ${HOSTILE}`);
}

async function workIsApproved() {
  for (const prompt of ['夜里下着雪', `桥 ${HOSTILE}`])
    await ask(lin, 'POST', '/tasks', { kind: 'generation', form: { prompt } });
  const before = (await ask(boss, 'GET', '/tasks?account=all&state=awaiting_approval')).items;
  expect(before.length === 2, `${before.length} tasks wait`);
  const [newer, older] = before;
  await boss.goto(`${base}/admin/approvals`);
  await sees(boss, `桥 ${HOSTILE}`);
  // By keyboard alone: down to the older one and its word, then the newer one with a reason.
  await boss.keyboard.press('j');
  await sees(boss, '夜里下着雪');
  await boss.keyboard.press('a');
  await said(boss, `已通过 ${older.id}`);
  await boss.keyboard.press('r');
  const dialog = boss.locator('dialog[open]');
  await dialog.getByText(`拒绝 ${newer.id}？`).waitFor();
  await dialog.getByLabel('原因').focus();
  await boss.keyboard.type('内容不合适');
  await boss.keyboard.press('Tab');
  await boss.keyboard.press('Tab');
  await boss.keyboard.press('Enter');
  await said(boss, `已拒绝 ${newer.id}`);
  await sees(boss, '没有待审核的任务');
  const log = await ask(lin, 'GET', `/tasks/${newer.id}/log`);
  expect(JSON.stringify(log).includes('内容不合适'), 'the owner cannot read why');
}

/** What was handed in as markup is text on every page that shows it. */
async function markupIsText(account) {
  const [batch] = (await ask(boss, 'GET', '/batches?limit=1')).items;
  const [order] = (await ask(boss, 'GET', '/orders?account=all&limit=1')).items;
  const pages = ['codes', `codes/${batch.id}`, 'audit', 'methods', 'ledger', `users/${account}`, `orders/${order.id}`];
  for (const [page, path] of [
    ...pages.map((one) => [boss, `/admin/${one}`]),
    [lin, '/wallet'],
    [lin, `/orders/${order.id}`],
  ]) {
    await page.goto(base + path);
    await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton'));
    await page.waitForTimeout(200);
    const made = await page.evaluate(() => document.querySelectorAll('img, [onload], [onerror], main script').length);
    expect(made === 0 && !(await page.evaluate(() => window.hit)), `markup came alive at ${path}`);
  }
}

try {
  const account = await begin();
  await pays();
  await supportSettles();
  await codesGoRound(account);
  await balanceIsAdjusted(account);
  await workIsApproved();
  await markupIsText(account);
} catch (error) {
  for (const page of [boss, lin]) console.error(`at ${page.url()}: ${await page.locator('body').innerText()}`);
  throw error;
} finally {
  await browser.close();
}
const faults = [...desk.faults, ...phone.faults];
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
