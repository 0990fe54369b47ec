import type { Incident } from '../lib/incident';
import type { Random } from './random';
import type { Tally } from './tally';
import type { Logins } from './logins';
import { loginOf, type Seat, Viewer } from './viewer';

export interface AudienceOptions {
  readonly wsUrl: string;
  readonly sessionSecret: string;
  readonly viewers: number;
  readonly tally: Tally;
  readonly logins: Logins;
  readonly random: Random;
  readonly paused: () => boolean;
  readonly incident: () => Incident;
}

/** Interval of the main loop in milliseconds. */
const tick = 100;
/** New connections per second during the incident `ws-spike`. The alert's threshold is 100. */
const spikePerSecond = 140;
/** Viewers in one session during the incident `studio`. The alert's threshold is 100. */
const showcaseViewers = 120;
const showcase = 'studio-showcase';
/** Interval and duration of sound checks in milliseconds: short sessions parallel to the others. */
const soundCheck = { every: 45_000, lasts: 8_000 };
/** Maximum number of connections that open at the same time. */
const mostOpening = 300;

/** Viewers of V Studio sessions. They join, write messages, and leave. */
export class Audience {
  private readonly open = new Set<Viewer>();
  private readonly regulars = new Map<number, { viewer: Viewer; leaves: number; speaks: number }>();
  private readonly crowd = new Set<Viewer>();
  private readonly passing = new Set<Viewer>();
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;

  constructor(private readonly options: AudienceOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      if (!this.options.paused()) this.step();
    }, tick);
  }

  /** All viewers leave. Resolves when all connections are closed. */
  stop(): void {
    clearInterval(this.timer);
    for (const viewer of this.open) viewer.close();
  }

  /**
   * No connection is opening, no message is unanswered, and none arrived within the last second.
   */
  get isQuiet(): boolean {
    const now = performance.now();
    return (
      this.passing.size === 0 &&
      [...this.open].every((viewer) => viewer.isQuiet && now - viewer.lastMessage > 1_000)
    );
  }

  /** Open connections by session and role. */
  present(): { session_id: string; role: string; value: number }[] {
    const counts = new Map<string, { session_id: string; role: string; value: number }>();
    for (const { isOpen, seat } of this.open) {
      const key = `${seat.session} ${seat.role}`;
      const known = counts.get(key) ?? { session_id: seat.session, role: seat.role, value: 0 };
      if (isOpen) counts.set(key, { ...known, value: known.value + 1 });
    }
    return [...counts.values()];
  }

  /** Logins of the open connections. */
  *logins(): Generator<string> {
    for (const { isOpen, seat } of this.open) if (isOpen) yield loginOf(seat);
  }

  private step(): void {
    this.ticks += 1;
    this.seatRegulars();
    const incident = this.options.incident();
    this.fillShowcase(incident === 'studio' ? showcaseViewers : 0);
    if (incident === 'ws-spike') this.spike();
    if (this.ticks % (soundCheck.every / tick) === 0) this.checkSound();
    // One attempt with an invalid token every ten seconds.
    if (this.ticks % (10_000 / tick) === 0) this.enter(this.seat(0), this.passing, true);
  }

  private seatRegulars(): void {
    const { random, viewers } = this.options;
    const now = performance.now();
    // A few at a time, so that viewers do not all join at once.
    let entering = 5;
    for (let index = 0; index < viewers; index += 1) {
      const regular = this.regulars.get(index);
      if (regular === undefined || !this.open.has(regular.viewer)) {
        if ((entering -= 1) < 0) continue;
        const viewer = this.enter(this.seat(index));
        const leaves = now + random.between(30_000, 180_000);
        this.regulars.set(index, { viewer, leaves, speaks: now + random.between(1_000, 5_000) });
      } else if (now > regular.leaves && regular.viewer.isQuiet) {
        regular.viewer.close();
        // Do not close again while the close is in progress.
        regular.leaves = Infinity;
        regular.speaks = Infinity;
      } else if (now > regular.speaks) {
        regular.speaks = now + random.between(2_000, 6_000);
        this.speak(regular.viewer);
      }
    }
  }

  /** One in ten is a host, and one in ten a moderator. The first session is the most popular. */
  private seat(index: number): Seat {
    const { wsUrl, sessionSecret, random } = this.options;
    const role = index % 10 === 0 ? 'host' : index % 10 === 1 ? 'moderator' : 'viewer';
    const number = Math.ceil(random.next() ** 2 * 5) || 1;
    return { wsUrl, sessionSecret, role, session: `studio-${number}`, user: `user_${index + 1}` };
  }

  private speak(viewer: Viewer): void {
    const { random } = this.options;
    const type = random.weighted([
      [6, 'chat' as const],
      [2, 'vote' as const],
      [2, 'reaction' as const],
    ]);
    if (type === 'vote') {
      const poll = `poll-${Math.floor(Date.now() / 30_000)}`;
      viewer.say({ type, poll, option: random.pick(['yes', 'no']) });
    } else if (type === 'reaction') viewer.say({ type, emoji: random.pick(['🔥', '👏', '🎶']) });
    else {
      // The host's bridge forwards messages from other platforms.
      const elsewhere = random.pick(['audifi', 'twitch', 'youtube', 'facebook', 'kick']);
      const platform = viewer.seat.role === 'host' ? elsewhere : 'audifi';
      viewer.say({ type, platform, text: `line ${random.hex(6)}` });
    }
  }

  private fillShowcase(wanted: number): void {
    const { wsUrl, sessionSecret } = this.options;
    for (let added = 0; added < 10 && this.crowd.size < wanted; added += 1) {
      const user = `user_showcase_${this.crowd.size}`;
      this.enter({ wsUrl, sessionSecret, session: showcase, role: 'viewer', user }, this.crowd);
    }
    if (wanted === 0) for (const viewer of this.crowd) viewer.close();
  }

  /** A host alone in a separate session. */
  private checkSound(): void {
    const { wsUrl, sessionSecret } = this.options;
    const session = `soundcheck-${this.ticks}`;
    const seat: Seat = { wsUrl, sessionSecret, session, role: 'host', user: 'user_soundcheck' };
    this.enter(seat, this.passing, false, (host) => {
      setTimeout(() => host.close(), soundCheck.lasts).unref();
    });
  }

  private spike(): void {
    const { wsUrl, sessionSecret, random } = this.options;
    for (let count = 0; count < (spikePerSecond * tick) / 1_000; count += 1) {
      if (this.passing.size >= mostOpening) return;
      const user = `user_spike_${random.hex(4)}`;
      const seat: Seat = { wsUrl, sessionSecret, session: 'studio-spike', role: 'viewer', user };
      this.enter(seat, this.passing, false, (viewer) => viewer.close());
    }
  }

  private enter(
    seat: Seat,
    group?: Set<Viewer>,
    badToken = false,
    ready?: (viewer: Viewer) => void,
  ): Viewer {
    const { tally, logins } = this.options;
    const ended = (gone: Viewer) => {
      if (gone.wasOpen) logins.use(loginOf(gone.seat));
      this.open.delete(gone);
      group?.delete(gone);
    };
    const viewer = new Viewer(seat, tally, ended, ready, badToken);
    this.open.add(viewer);
    group?.add(viewer);
    return viewer;
  }
}
