// What a foreign page does with a browser that is signed in here: nothing. One is of another site, one of the same site and another origin.
// node foreign.mjs BASE NAME PASSWORD
import { createServer } from 'node:http';
import { expect, launch, signIn } from './browser.mjs';

const [base, name, password] = process.argv.slice(2);
const api = `${base}/gongfang/v1`;
const key = JSON.stringify({ name: 'theirs', scopes: ['tasks:read'] });
const session = JSON.stringify({ name, password, cookie: true });

// A form can send any text as if it were JSON: its name is the beginning, its value the end.
const form = (path, body, target) => {
  const [head, tail] = [body.slice(0, -1), '}'];
  const field = `${head},"x":"`.replaceAll('"', '&quot;');
  return `<form method="post" action="${api}${path}" enctype="text/plain" target="${target}"><input name="${field}" value="&quot;${tail}"></form>
    <iframe name="${target}"></iframe>`;
};
const page = `<!doctype html><title>foreign</title>${form('/keys', key, 'a')}${form('/sessions', session, 'b')}
  <iframe id="framed" src="${base}/settings"></iframe><img src="${api}/me" alt="">`;
const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(page));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const port = server.address().port;

const browser = await launch();
try {
  const context = await browser.newContext();
  const own = await context.newPage();
  await signIn(own, base, name, password);
  const keys = () => own.evaluate((url) => fetch(`${url}/keys`).then((answer) => answer.json()), api);
  expect((await keys()).items.length === 0, 'there is a key already');
  for (const origin of [`http://localhost:${port}`, `http://127.0.0.1:${port}`]) {
    const foreign = await context.newPage();
    await foreign.goto(origin);
    const read = await foreign.evaluate(
      async ([url, body]) => {
        const seen = [];
        const tried = [
          ['/keys', { method: 'POST', mode: 'no-cors', body }],
          ['/keys', { method: 'POST', body, headers: { 'content-type': 'application/json' } }],
          ['/keys', { method: 'POST', body, headers: { 'content-type': 'application/json' }, mode: 'no-cors' }],
          ['/sessions/current', { method: 'DELETE' }],
          ['/me', { method: 'DELETE', mode: 'cors', body: '{}' }],
          ['/me', {}],
          ['/me', { mode: 'no-cors' }],
        ];
        for (const [path, options] of tried) {
          const answer = await fetch(url + path, { credentials: 'include', ...options }).catch(() => undefined);
          const text = await answer?.text().catch(() => '');
          if (text) seen.push(`${path}: ${answer.status} ${text}`);
        }
        for (const form of document.forms) form.submit();
        await new Promise((done) => setTimeout(done, 500));
        return seen;
      },
      [api, key],
    );
    expect(read.length === 0, `${origin} could read ${read}`);
    const framed = foreign.frames().find((frame) => frame.url().startsWith(`${base}/settings`));
    expect(!framed, `${origin} could frame the console`);
    expect((await keys()).items.length === 0, `${origin} made a key`);
    const me = await own.evaluate((url) => fetch(`${url}/me`).then((answer) => answer.status), api);
    expect(me === 200, `${origin} signed somebody out`);
    await foreign.close();
  }
} finally {
  await browser.close();
  server.close();
}
