import { labelledSessions, otherSessions } from '../../../telemetry';
import type { Metrics } from '../lib/metrics';
import { type StudioRole, studioRoles } from '../lib/tokens';

/** Somebody in a session. */
export interface Member {
  readonly session: string;
  readonly role: StudioRole;
  readonly send: (text: string) => void;
}

/** Ids of sessions; `other` is taken by the metric. */
export const isSessionId = (id: string): boolean =>
  /^[A-Za-z0-9_-]{1,64}$/.test(id) && id !== otherSessions;

/** Who is in which session, on this server. */
export class Hub<M extends Member> {
  private readonly sessions = new Map<string, Set<M>>();
  size = 0;

  join(member: M): void {
    const members = this.sessions.get(member.session) ?? new Set();
    this.sessions.set(member.session, members.add(member));
    this.size += 1;
  }

  leave(member: M): void {
    const members = this.sessions.get(member.session);
    if (members?.delete(member) !== true) return;
    this.size -= 1;
    if (members.size === 0) this.sessions.delete(member.session);
  }

  /** Sends to everybody in the session, the sender too. */
  broadcast(session: string, text: string): void {
    for (const member of this.sessions.get(session) ?? []) member.send(text);
  }

  count(session: string): number {
    return this.sessions.get(session)?.size ?? 0;
  }

  *members(): Generator<M> {
    for (const members of this.sessions.values()) yield* members;
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
  }

  private series(): [number, { session_id: string; role: StudioRole }][] {
    // Sorting keeps the order of equals: of sessions of one size the older keep their label.
    const bySize = [...this.sessions].sort(([, a], [, b]) => b.size - a.size);
    const rest = bySize.slice(labelledSessions).map(([, members]) => members);
    return [
      ...bySize.slice(0, labelledSessions).flatMap(([id, members]) => byRole(id, [members])),
      ...byRole(otherSessions, rest),
    ];
  }
}

function byRole(
  session_id: string,
  groups: readonly ReadonlySet<Member>[],
): [number, { session_id: string; role: StudioRole }][] {
  const counts = { viewer: 0, moderator: 0, host: 0 };
  for (const members of groups) for (const { role } of members) counts[role] += 1;
  return studioRoles.map((role) => [counts[role], { session_id, role }]);
}
