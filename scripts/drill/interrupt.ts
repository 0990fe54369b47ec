/** Ends the incident if a drill is interrupted. Otherwise the incident would continue. */
export class Interrupts {
  private changing: Promise<unknown> = Promise.resolve();
  private interrupted = false;

  /** Does something that changes the stack. After an interrupt nothing new begins. */
  change<T>(work: () => Promise<T>): Promise<T> {
    // Never settles: the process ends when the incident is over.
    if (this.interrupted) return new Promise(() => undefined);
    const running = work();
    this.changing = running.catch(() => undefined);
    return running;
  }

  /**
   * From now on, SIGINT and SIGTERM end the incident and then this process, with code 130.
   *
   * @param heal ends every incident
   * @param byHand the command that does the same
   */
  watch(heal: () => Promise<void>, byHand: string): void {
    const end = async (): Promise<void> => {
      process.stderr.write('\nInterrupted: ending the incident. To stop at once: Ctrl-C\n');
      try {
        // A change that is still running may wait for a container that `heal` stops, or break
        // something after it. So `heal` runs again when the change has ended.
        await heal().catch(() => undefined);
        await this.changing;
        await heal();
        process.stderr.write('The incident is over.\n');
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        process.stderr.write(`The incident may still be on: ${why}\nEnd it: ${byHand}\n`);
      }
      process.exit(130);
    };
    const stop = (signal: NodeJS.Signals): void => {
      if (!this.interrupted) {
        this.interrupted = true;
        void end();
      } else if (signal === 'SIGINT') {
        // A second SIGTERM does not end it: make forwards the one that it got, so two may arrive.
        process.stderr.write(`\nThe incident may still be on. End it: ${byHand}\n`);
        process.exit(130);
      }
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  }
}
