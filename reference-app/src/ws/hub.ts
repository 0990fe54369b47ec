import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { labelledSessions, otherSessions } from '../../../telemetry';
import type { Metrics } from '../lib/metrics';
import { type StudioRole, studioRoles } from '../lib/tokens';
import { activate, annotate, startSpan } from '../lib/tracing';

/** Somebody in a session. */
export interface Member {
  readonly session: string;
  readonly role: StudioRole;
  readonly send: (text: string) => void;
}

/** Ids of sessions; `other` is taken by the metric. */
export const isSessionId = (id: string): boolean =>
  /^[A-Za-z0-9_-]{1,64}$/.test(id) && id !== otherSessions;

/** A session with somebody in it. */
interface Live<M> {
  readonly members: Set<M>;
  readonly started: number;
  /** From the first connection until nobody is left. */
  readonly span: Span;
  peak: number;
}

/** Who is in which session, on this server. */
export class Hub<M extends Member> {
  private readonly sessions = new Map<string, Live<M>>();
  private lasted: (seconds: number) => void = () => undefined;
  size = 0;

  join(member: M): void {
    const { session } = member;
    const live = this.sessions.get(session) ?? begin(session);
    this.sessions.set(session, live);
    live.members.add(member);
    live.peak = Math.max(live.peak, live.members.size);
    this.size += 1;
  }

  leave(member: M): void {
    const live = this.sessions.get(member.session);
    if (live?.members.delete(member) !== true) return;
    this.size -= 1;
    if (live.members.size > 0) return;
    this.sessions.delete(member.session);
    const { span, started, peak } = live;
    annotate({ 'studio.peak_connections': peak }, span);
    activate(span, () => this.lasted((performance.now() - started) / 1000));
    span.end();
  }

  /** Sends to everybody in the session, the sender too. */
  broadcast(session: string, text: string): void {
    for (const member of this.sessions.get(session)?.members ?? []) member.send(text);
  }

  count(session: string): number {
    return this.sessions.get(session)?.members.size ?? 0;
  }

  *members(): Generator<M> {
    for (const { members } of this.sessions.values()) yield* members;
  }

  /**
   * Counts by session and role. The series are made anew at each scrape: the largest sessions have a label of
   * their own, the rest add up as `other`, and a session that ended has no series because it is not here.
   */
  measure(metrics: Metrics): void {
    const connections = metrics.of('ws_connections_active');
    connections.onScrape(() => connections.replace(this.series()));
    const active = metrics.of('ws_sessions_active');
    active.onScrape(() => active.set(this.sessions.size));
    const duration = metrics.of('studio_session_duration_seconds');
    this.lasted = (seconds) => duration.observe(seconds);
  }

  private series(): [number, { session_id: string; role: StudioRole }][] {
    // Sorting keeps the order of equals: of sessions of one size the older keep their label.
    const bySize = [...this.sessions]
      .map(([id, { members }]) => [id, members] as const)
      .sort(([, a], [, b]) => b.size - a.size);
    const rest = bySize.slice(labelledSessions).map(([, members]) => members);
    return [
      ...bySize.slice(0, labelledSessions).flatMap(([id, members]) => byRole(id, [members])),
      ...byRole(otherSessions, rest),
    ];
  }
}

function begin<M>(session: string): Live<M> {
  const attributes = { 'session.id': session };
  // A trace of its own: whoever comes first does not have the whole session in theirs.
  const span = startSpan('studio.session', { attributes, parent: ROOT_CONTEXT });
  return { members: new Set(), started: performance.now(), span, peak: 0 };
}

function byRole(
  session_id: string,
  groups: readonly ReadonlySet<Member>[],
): [number, { session_id: string; role: StudioRole }][] {
  const counts = { viewer: 0, moderator: 0, host: 0 };
  for (const members of groups) for (const { role } of members) counts[role] += 1;
  return studioRoles.map((role) => [counts[role], { session_id, role }]);
}
