const windowMs = 5 * 60_000;

/** The generator's logins by time of last use: the expected value of `user_sessions_active`. */
export class Logins {
  private readonly used = new Map<string, number>();

  use(id: string, now = Date.now()): void {
    this.used.set(id, now);
  }

  /**
   * Logins of the last five minutes. @param open logins with an open connection, which are in use
   * now
   */
  active(open: Iterable<string>, now = Date.now()): number {
    for (const id of open) this.use(id, now);
    for (const [id, at] of this.used) if (at <= now - windowMs) this.used.delete(id);
    return this.used.size;
  }
}
