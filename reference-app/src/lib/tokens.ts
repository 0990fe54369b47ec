import { createHmac, timingSafeEqual } from 'node:crypto';

export const studioRoles = ['viewer', 'moderator', 'host'] as const;
export type StudioRole = (typeof studioRoles)[number];

/** What a session token says. */
export interface Session {
  /** Opaque id of this login: somebody with two devices has two. */
  readonly id: string;
  /** Opaque id of the user. */
  readonly userId: string;
  /** The most that the user may be in a V Studio session. */
  readonly role: StudioRole;
  /** Unix time in seconds. */
  readonly expires: number;
}

const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(`st1.${body}`).digest('base64url');

/** `st1.<claims>.<HMAC-SHA256>`: a prefix of its own, so that logs can be searched for leaks. */
export function createToken(secret: string, session: Session): string {
  const body = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `st1.${body}.${sign(secret, body)}`;
}

/** The session of a token; undefined when it is not ours, or over. */
export function readToken(secret: string, token: string, now = Date.now()): Session | undefined {
  const [version, body = '', signature = ''] = token.split('.');
  if (version !== 'st1' || !equal(signature, sign(secret, body))) return undefined;
  // Signed by us, so it is what we wrote.
  const session = JSON.parse(Buffer.from(body, 'base64url').toString()) as Session;
  return session.expires * 1000 > now ? session : undefined;
}

/** Compares in the same time whatever the texts are. */
export function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** May somebody with this token be that in a session? */
export const mayBe = (session: Session, role: StudioRole): boolean =>
  studioRoles.indexOf(role) <= studioRoles.indexOf(session.role);
