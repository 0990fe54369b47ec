import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { labelledSessions, otherSessions } from '../../../telemetry';
import type { Metrics } from '../lib/metrics';
import { type StudioRole, studioRoles } from '../lib/tokens';
import { activate, annotate, startSpan } from '../lib/tracing';

/** A member of a session. */
export interface Member {
  readonly session: string;
  readonly role: StudioRole;
  readonly send: (text: string) => void;
}

/** Valid session IDs. `other` is reserved for the metric. */
export const isSessionId = (id: string): boolean =>
  /^[A-Za-z0-9_-]{1,64}$/.test(id) && id !== otherSessions;

/** A session with at least one member. */
interface Live<M> {
  readonly members: Set<M>;
  readonly started: number;
  /** Open from the first connection until the last one ends. */
  readonly span: Span;
  peak: number;
}

/** The members of all sessions on this server. */
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

  /** Sends a message to all members of a session, including the sender. */
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
   * Counts members by session and role. All series are replaced at each scrape: the largest
   * sessions have their own label, the others are summed up as `other`, and ended sessions have no
   * series.
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
    // The sort is stable, so older sessions of the same size keep their label.
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
  // A separate trace. Otherwise the whole session would be part of the first member's trace.
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
