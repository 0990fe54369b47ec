import { createHmac, timingSafeEqual } from 'node:crypto';

export const studioRoles = ['viewer', 'moderator', 'host'] as const;
export type StudioRole = (typeof studioRoles)[number];

/** Content of a session token. */
export interface Session {
  /** Opaque ID of the login. A user with two devices has two. */
  readonly id: string;
  /** Opaque ID of the user. */
  readonly userId: string;
  /** The highest role that the user may have in a V Studio session. */
  readonly role: StudioRole;
  /** Unix time in seconds. */
  readonly expires: number;
}

const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(`st1.${body}`).digest('base64url');

/** `st1.<claims>.<HMAC-SHA256>`. The prefix makes leaked tokens searchable in logs. */
export function createToken(secret: string, session: Session): string {
  const body = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `st1.${body}.${sign(secret, body)}`;
}

/** The session of a token; undefined if the token is invalid or expired. */
export function readToken(secret: string, token: string, now = Date.now()): Session | undefined {
  const [version, body = '', signature = ''] = token.split('.');
  if (version !== 'st1' || !equal(signature, sign(secret, body))) return undefined;
  // The signature is ours, so the content is valid.
  const session = JSON.parse(Buffer.from(body, 'base64url').toString()) as Session;
  return session.expires * 1000 > now ? session : undefined;
}

/** Compares in constant time. */
export function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether the owner of this token may have the role in a session. */
export const mayBe = (session: Session, role: StudioRole): boolean =>
  studioRoles.indexOf(role) <= studioRoles.indexOf(session.role);
