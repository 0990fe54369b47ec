import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A notification from Alertmanager. */
export interface Notification {
  /** Sequence number. */
  readonly id: number;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly via: 'pagerduty' | 'slack';
  /** Slack channel, or `page` for PagerDuty. */
  readonly channel: string;
  readonly status: 'firing' | 'resolved';
  /** Alert name; empty if the alerts of a message have different names. */
  readonly alert: string;
  /** Equal for the firing and the resolved notification of the same alerts. */
  readonly key: string;
  readonly severity: string;
  readonly title: string;
  readonly text: string;
}

export type NewNotification = Omit<Notification, 'id' | 'receivedAt'>;

export interface InboxState {
  readonly notifications: readonly Notification[];
  /** Time of the last heartbeat; null if there was none yet. */
  readonly lastHeartbeat: string | null;
}

/** Maximum number of stored notifications. */
export const capacity = 500;

/** The notifications, in memory and optionally in a file. */
export class Store {
  private notifications: Notification[] = [];
  private lastHeartbeat: string | null = null;
  private nextId = 1;

  /** @param file must be valid if it exists, because an empty inbox would be misleading */
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

  /** Writes to a temporary file and renames it, so that a crash leaves the old list. */
  private save(): void {
    if (this.file === undefined) return;
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(this.state));
    renameSync(next, this.file);
  }
}
