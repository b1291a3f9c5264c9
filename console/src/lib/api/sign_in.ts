/** Signing in with the browser's cookie, and what ways a server offers. */
import { api, client, Problem, type Schemas } from './index';

export interface Ways {
  methods: string[];
  /** Another house that vouches for people, where the server knows one. */
  oidc: { name: string; url: string } | null;
}

/** The ways of this server. One that does not say so knows passwords alone. */
export async function waysToSignIn(): Promise<Ways> {
  try {
    const ways = await client().get<{ methods: string[]; oidc?: Ways['oidc'] }>('/sign_in');
    // It leads the browser away, so it must be a path of this server.
    const own = ways.oidc && /^\/(?![/\\])/.test(ways.oidc.url) ? ways.oidc : null;
    return { methods: ways.methods, oidc: own };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { methods: ['password'], oidc: null };
    throw error;
  }
}

export const signIn = (who: Omit<Schemas['SignIn'], 'cookie'>) => api.post('/sessions', { ...who, cookie: true });
