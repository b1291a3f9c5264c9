/** What these pages have just asked, for whoever wants to do the same from a program. */
export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** The status of the answer; 0 where none came. */
  status: number;
  ms: number;
  at: number;
}

export type Tongue = 'curl' | 'typescript' | 'python';

const KEPT = 30;
const SECRET = /password|secret|totp|token|^current$|^new$|^code$|^key$/;

class Requests {
  list = $state.raw<Asked[]>([]);

  add(asked: Asked) {
    this.list = [{ ...asked, body: masked(asked.body) }, ...this.list].slice(0, KEPT);
  }

  forget() {
    this.list = [];
  }
}

export const requests = new Requests();

/** A body without what nobody should copy into a note. */
export function masked(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(masked);
  if (body === null || typeof body !== 'object') return body;
  const pairs = Object.entries(body).map(([name, value]) => [name, SECRET.test(name) ? '…' : masked(value)]);
  return Object.fromEntries(pairs);
}

/** The same request as a program makes it. */
export function asProgram(asked: Asked, tongue: Tongue, origin: string): string {
  const query = new URLSearchParams(asked.query).toString();
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const method = asked.method.toLowerCase();
  switch (tongue) {
    case 'curl': {
      const address = `'${origin}/gongfang/v1${asked.path}${query && `?${query}`}'`;
      const lines = [`curl -X ${asked.method} ${address}`, `-H "Authorization: Bearer $GONGFANG_KEY"`];
      if (body) lines.push(`-H 'Content-Type: application/json'`, `-d '${body.replaceAll("'", `'\\''`)}'`);
      return lines.join(' \\\n  ');
    }
    case 'typescript': {
      const second = method === 'get' && query ? `, ${JSON.stringify(asked.query)}` : body ? `, ${body}` : '';
      return [
        `import { Client } from 'gongfang';`,
        `const client = new Client('${origin}', { key: process.env.GONGFANG_KEY });`,
        `console.log(await client.${method}('${asked.path}'${second}));`,
      ].join('\n');
    }
    case 'python': {
      const named = Object.entries(asked.query).map(([name, value]) => `, ${name}=${JSON.stringify(value)}`);
      const second = method === 'get' ? named.join('') : body ? `, json.loads(r'''${body}''')` : '';
      return [
        ...(method !== 'get' && body ? ['import json'] : []),
        'import os',
        'from gongfang import Client',
        `client = Client("${origin}", key=os.environ["GONGFANG_KEY"])`,
        `print(client.${method}("${asked.path}"${second}))`,
      ].join('\n');
    }
  }
}
