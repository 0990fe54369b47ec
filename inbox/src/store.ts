import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Something that Alertmanager told somebody. */
export interface Notification {
  /** Counts up. */
  readonly id: number;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly via: 'pagerduty' | 'slack';
  /** Of Slack; `page` for PagerDuty. */
  readonly channel: string;
  readonly status: 'firing' | 'resolved';
  /** Name of the alert; empty when the alerts of a message do not share one. */
  readonly alert: string;
  /** What belongs together: an alert's firing and its end. */
  readonly key: string;
  readonly severity: string;
  readonly title: string;
  readonly text: string;
}

export type NewNotification = Omit<Notification, 'id' | 'receivedAt'>;

export interface InboxState {
  readonly notifications: readonly Notification[];
  /** Time of the last heartbeat; null when none came yet. */
  readonly lastHeartbeat: string | null;
}

/** The last so many are kept. */
export const capacity = 500;

/** What the inbox remembers: in memory, and in a file where one is named. */
export class Store {
  private notifications: Notification[] = [];
  private lastHeartbeat: string | null = null;
  private nextId = 1;

  /** @param file a broken one is an error: nobody should find an empty inbox and believe it */
  constructor(private readonly file?: string) {
    if (file === undefined || !existsSync(file)) return;
    const state = JSON.parse(readFileSync(file, 'utf8')) as InboxState;
    this.notifications = [...state.notifications];
    this.lastHeartbeat = state.lastHeartbeat;
    this.nextId = (this.notifications[0]?.id ?? 0) + 1;
  }

  /** Newest first. */
  get state(): InboxState {
    return { notifications: this.notifications, lastHeartbeat: this.lastHeartbeat };
  }

  add(notification: NewNotification): void {
    const stamped = { id: this.nextId, receivedAt: new Date().toISOString(), ...notification };
    this.nextId += 1;
    this.notifications = [stamped, ...this.notifications].slice(0, capacity);
    this.save();
  }

  heartbeat(): void {
    this.lastHeartbeat = new Date().toISOString();
    this.save();
  }

  clear(): void {
    this.notifications = [];
    this.save();
  }

  /** Written beside and renamed: a death in between leaves the old list. */
  private save(): void {
    if (this.file === undefined) return;
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(this.state));
    renameSync(next, this.file);
  }
}
