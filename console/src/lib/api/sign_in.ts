/** Signing in with the browser's cookie, and what ways a server offers. */
import { client, Problem } from './index';

export interface Ways {
  methods: string[];
  oidc: { name: string; url: string } | null;
}

const PASSWORD: Ways = { methods: ['password'], oidc: null };

/** The ways of this server. One that does not say so knows passwords alone. */
export async function waysToSignIn(): Promise<Ways> {
  try {
    const ways = await client().get<Ways>('/sign_in');
    // It leads the browser away, so it must be a path of this server.
    const own = ways.oidc && /^\/(?![/\\])/.test(ways.oidc.url);
    return { methods: ways.methods, oidc: own ? ways.oidc : null };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return PASSWORD;
    throw error;
  }
}

export async function signIn(name: string, password: string, totp?: string): Promise<void> {
  await client().post('/sessions', { name, password, cookie: true, ...(totp ? { totp: totp.trim() } : {}) });
}
