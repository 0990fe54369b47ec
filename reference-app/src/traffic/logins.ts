const windowMs = 5 * 60_000;

/** Logins that the generator uses, by the time of their last use: what `user_sessions_active` has to be. */
export class Logins {
  private readonly used = new Map<string, number>();

  use(id: string, now = Date.now()): void {
    this.used.set(id, now);
  }

  /** Those of the last five minutes. @param open logins with an open connection, in use now */
  active(open: Iterable<string>, now = Date.now()): number {
    for (const id of open) this.use(id, now);
    for (const [id, at] of this.used) if (at <= now - windowMs) this.used.delete(id);
    return this.used.size;
  }
}
